package convert_test

import (
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/trials"
)

// TestReportedFiles reads files that were once read wrongly or in silence. Each names what
// must be said of it: as the only problems, or among the notes.
func TestReportedFiles(t *testing.T) {
	folder := trials.Peers(t, "reported")
	for _, tt := range []struct {
		folder   string
		files    string
		problems []string // each a part of one line of the error, in its order
		notes    []string // each a part of one note
	}{
		{"genius-unread-parts", "domain.xml constraint.xml plain.xml", []string{"constraint.xml:1:1: profiles of type 'constraint' are not read"}, nil},
		{"genius-unread-parts", "domain.xml constraint-ranks.xml plain.xml", []string{"constraint-ranks.xml:1:1: profiles of type 'constraint' are not read"}, nil},
		{"genius-unread-parts", "domain.xml other-type.xml plain.xml", []string{"other-type.xml:1:1: profiles of type 'fuzzy' are not read"}, nil},
		{"genius-unread-parts", "domain.xml human-a.xml human-b.xml", nil, []string{
			"human-a.xml:6:38: <optout> '25' is not read", "human-a.xml:6:58: <timeeffect> '-6'", "human-a.xml:6:82: <weightmultiplyer> '100'", "human-a.xml:6:13: the reservation value 40 is above every package",
			"human-b.xml:6:38: <optout> '20'", "human-b.xml:6:58: <timeeffect> '-4'", "human-b.xml:6:82: <weightmultiplyer> '100'", "human-b.xml:6:13: the reservation value 30 is above every package",
		}},
		{"genius-unread-parts", "domain-stateissue.xml plain.xml human-b.xml", nil, []string{"domain-stateissue.xml:6:1: <stateissue> 'Fine' is not read"}},
		{"genius-unread-parts", "domain.xml discount.xml plain.xml", nil, []string{"the discount factor 1.5 is left out"}},
		{"genius-unread-parts", "domain.xml plain.xml plain.xml", nil, nil},
		{"semicolon-points", "three-decimals.csv", []string{"three-decimals.csv:C2: '1.125' may be 1125 or 1.125", "C3: '2.250' may be 2250 or 2.250", "C4: '1.000' may be 1000 or 1.000"}, nil},
		{"semicolon-points", "one-more-row.csv", nil, nil},
		{"semicolon-points", "comma-mirror.csv", []string{"comma-mirror.csv:C2: '1,125' may be 1125 or 1.125", "C3: '2,250'", "C5: '1,000'"}, nil},
		{"minor-messages", "unclosed.csv", []string{"unclosed.csv:B2: the quote that opens in line 2 is not closed"}, nil},
		{"sheet-party-vanishes", "dates.xlsx", []string{"C2: a date (", "C3: a date ("}, nil},
		{"sheet-party-vanishes", "booleans.xlsx", []string{"C2: 'true' is not a number", "C3: 'false' is not a number"}, nil},
		{"sheet-party-vanishes", "thousands.csv", []string{"C2: '1,250' may be 1250 or 1.250", "C3: '1,500' may be", "C4: '1,300' may be"}, nil},
		{"sheet-party-vanishes", "words.csv", []string{"C2: 'sixty' is not a number", "C3: 'ten' is not a number"}, nil},
		{"sheet-party-vanishes", "date-texts.csv", []string{"C2: '8-Mar' is not a number", "C3: '10-Dec' is not a number"}, nil},
		{"sheet-party-vanishes", "group-dates.xlsx", []string{"2: a date (", "3: a date ("}, nil},
		{"sheet-party-vanishes", "group-dates-no-rule.xlsx", []string{"2: a date (", "3: a date ("}, nil},
		{"sheet-formula-without-value", "nodeal.xlsx", []string{"C4: the formula '=C2*0.5' has no value yet: open the workbook in a spreadsheet and save it"}, nil},
		{"sheet-formula-without-value", "weight.xlsx", []string{"E2: the formula '=1/4' has no value yet"}, nil},
		{"sheet-formula-without-value", "status-quo.xlsx", []string{"E2: the formula "}, nil},
		{"sheet-formula-without-value", "issue.xlsx", []string{"C4: the formula ", "C5: the formula "}, nil},
		{"sheet-formula-without-value", "party.xlsx", []string{"C2: the formula ", "C3: the formula ", "C4: the formula "}, nil},
		{"sheet-formula-without-value", "package.xlsx", []string{": the formula "}, nil},
		{"unclear-hidden-rows", "row.xlsx", nil, []string{"is hidden, and counts"}},
		{"unclear-hidden-rows", "column.xlsx", nil, []string{"is hidden, and counts"}},
		{"unclear-hidden-rows", "sheet.xlsx", []string{"several score sheets (Old [hidden], Now)"}, nil},
		{"minor-messages", "zero-mark.csv", nil, nil},
		{"check-silent-on-reading", "percent.csv", nil, []string{"percent.csv:C2: percentages are read as points", "E1: the column 'Remarks of ours' has no scores", "C4: no scores of 'Harbour board'"}},
		{"check-silent-on-reading", "latin1.csv", nil, []string{"latin1.csv: it is not UTF-8, and was read as Latin-1"}},
	} {
		var paths []string
		for name := range strings.FieldsSeq(tt.files) {
			paths = append(paths, folder+"/"+tt.folder+"/"+name)
		}
		s, err := convert.Open(t.Context(), paths...)
		if err != nil {
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.problems) {
				t.Errorf("%s: %v", tt.files, err)
				continue
			}
			for k, want := range tt.problems {
				if !strings.Contains(lines[k], want) {
					t.Errorf("%s: problem %d is %q, want %q", tt.files, k, lines[k], want)
				}
			}
			continue
		}
		if len(tt.problems) > 0 {
			t.Errorf("%s was read; want %q", tt.files, tt.problems)
			continue
		}
		var notes []string
		for _, n := range s.Lost {
			notes = append(notes, n.String())
		}
		all := strings.Join(notes, "\n")
		for _, want := range tt.notes {
			if !strings.Contains(all, want) {
				t.Errorf("%s: no note says %q:\n%s", tt.files, want, all)
			}
		}
		if len(tt.notes) == 0 && all != "" {
			t.Errorf("%s: notes %s", tt.files, all)
		}
	}
}
