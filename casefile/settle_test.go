package casefile

import (
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
)

func TestOutcomeFromSettings(t *testing.T) {
	f, err := Parse("settle.yaml", []byte(`goodoffices: 1
id: settle
issues:
  quota: {status_quo: high, options: {low: Low, middle: Middle, high: High}}
  season: {range: {from: 3, to: 9, step: 1.5}, status_quo: 9}
  port: {options: {open: Open, closed: Closed}}
parties:
  fishers: {scores: {quota: 1, season: 1, port: 1}}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Case
	o, left, err := c.Outcome(nil, []Setting{{"port", "closed"}, {"season", "4.50"}})
	if err != nil || !slices.Equal(o, outcome.Outcome{2, 1, 1}) || !slices.Equal(left, []int{0}) {
		t.Errorf("%v, left %v, %v", o, left, err)
	}
	o, left, err = c.Outcome(outcome.Outcome{0, 0, 0}, []Setting{{"quota", "middle"}})
	if err != nil || !slices.Equal(o, outcome.Outcome{1, 0, 0}) || left != nil {
		t.Errorf("%v, left %v, %v", o, left, err)
	}
	for want, set := range map[string][]Setting{
		"did you mean 'quota'?":       {{"qouta", "low"}},
		"did you mean 'middle'?":      {{"quota", "midle"}},
		"use low, middle or high":     {{"quota", "zzzzzzzz"}},
		"3 to 9 in steps of 1.5":      {{"season", "4"}},
		"quota is set twice":          {{"quota", "low"}, {"quota", "low"}},
		"set port (open or closed)":   nil,
		"port has no option ''":       {{"port", ""}},
		"unknown issue '': use quota": {{"", ""}},
	} {
		if _, _, err := c.Outcome(nil, set); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", set, err, want)
		}
	}
}
