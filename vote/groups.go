package vote

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// Limits of a file of groups.
const (
	MaxGroups    = 10_000
	MaxGroupFile = 4 << 20 // bytes
)

// columns maps what people call a column to its meaning.
var columns = map[string]string{
	"group": "name", "name": "name", "canton": "name", "state": "name", "member": "name", "community": "name", "country": "name", "jurisdiction": "name",
	"yes": "yes", "for": "yes", "aye": "yes", "no": "no", "against": "no", "nay": "no", "abstain": "abstain", "abstained": "abstain", "abstentions": "abstain",
	"weight": "weight", "votes": "weight", "population": "population", "people": "population", "veto": "veto", "vote": "answer", "answer": "answer",
}

// ParseGroups reads groups from CSV with a first line of column names, or from a
// JSON list of objects with the same names: name; yes, no and abstain, the votes
// within the group, or vote, its one answer (yes, no, abstain, absent); weight, a
// decimal such as 0.5 (absent: 1); population; veto (yes or no). Other columns are
// an error, since a misspelt one would otherwise be silently left out.
func ParseGroups(data []byte) ([]Group, error) {
	if len(data) > MaxGroupFile {
		return nil, fmt.Errorf("more than %d bytes", MaxGroupFile)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var rows []map[string]string
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && trimmed[0] == '[' {
		d := json.NewDecoder(bytes.NewReader(trimmed))
		d.UseNumber()
		var list []map[string]any
		if err := d.Decode(&list); err != nil {
			return nil, fmt.Errorf("not a JSON list of groups: %w", err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("more follows the JSON list of groups")
		}
		for _, item := range list {
			row := make(map[string]string)
			for key, v := range item {
				row[key] = fmt.Sprint(v)
			}
			rows = append(rows, row)
		}
	} else {
		r := csv.NewReader(bytes.NewReader(data))
		r.Comment, r.TrimLeadingSpace = '#', true
		all, err := r.ReadAll()
		if err != nil {
			return nil, fmt.Errorf("not a CSV table: %w", err)
		}
		for i, record := range all {
			if i == 0 {
				continue
			}
			row := make(map[string]string)
			for k, key := range all[0] {
				row[key] = record[k]
			}
			rows = append(rows, row)
		}
	}
	switch {
	case len(rows) == 0:
		return nil, errors.New("no groups: give a line of column names (group,yes,no or group,vote) and a line for each group")
	case len(rows) > MaxGroups:
		return nil, fmt.Errorf("%d groups, more than the limit of %d", len(rows), MaxGroups)
	}
	groups := make([]Group, len(rows))
	for i, row := range rows {
		g := &groups[i]
		g.Name = fmt.Sprintf("group %d", i+1)
		if err := g.read(row); err != nil {
			return nil, fmt.Errorf("group %d: %w", i+1, err)
		}
	}
	return groups, nil
}

func (g *Group) read(row map[string]string) error {
	seen := make(map[string]bool)
	for key, value := range row {
		meaning, ok := columns[strings.ToLower(strings.TrimSpace(key))]
		if !ok {
			return fmt.Errorf("unknown column %q: the columns are group, yes, no, abstain or vote, weight, population, veto", key)
		}
		if seen[meaning] {
			return fmt.Errorf("two columns mean %s: keep one", meaning)
		}
		seen[meaning] = true
		value = strings.TrimSpace(value)
		if value == "" || value == "<nil>" {
			continue
		}
		var err error
		switch meaning {
		case "name":
			g.Name = value
		case "yes":
			g.Yes, err = whole(value)
		case "no":
			g.No, err = whole(value)
		case "abstain":
			g.Abstain, err = whole(value)
		case "population":
			g.Population, err = whole(value)
		case "weight":
			g.Weight, err = units(value)
		case "veto":
			switch strings.ToLower(value) {
			case "yes", "true", "1":
				g.Veto = true
			case "no", "false", "0":
			default:
				err = fmt.Errorf("veto is %q: write yes or no", value)
			}
		case "answer":
			switch strings.ToLower(value) {
			case "yes", "for", "favour", "favor", "in favour", "aye", "true":
				g.Answer = Favour
			case "no", "against", "nay", "false":
				g.Answer = Against
			case "abstain", "abstained", "abstention", "absent", "none", "neither":
			default:
				err = fmt.Errorf("vote is %q: write yes, no, abstain or absent", value)
			}
		}
		if err != nil {
			return err
		}
	}
	if seen["answer"] && (seen["yes"] || seen["no"]) {
		return errors.New("both votes within the group and one answer of it: keep one")
	}
	if !seen["answer"] && !seen["yes"] {
		return errors.New("no votes: give the columns yes and no, or vote")
	}
	return nil
}

// whole reads a number of votes; commas and blanks between thousands are let pass.
func whole(text string) (int64, error) {
	n, ok := new(big.Int).SetString(strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(text), 10)
	if !ok || n.Sign() < 0 || !n.IsInt64() || n.Int64() > maxVotes {
		return 0, fmt.Errorf("%q is no number of votes from 0 to %d", text, int64(maxVotes))
	}
	return n.Int64(), nil
}

// units reads a weight in units of 1/Per.
func units(text string) (int64, error) {
	if len(text) > 32 || strings.ContainsAny(text, "eEpPxX_") {
		return 0, fmt.Errorf("%q is no weight: write a number such as 0.5", text)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || r.Sign() <= 0 {
		return 0, fmt.Errorf("%q is no weight: write a number above 0 such as 0.5", text)
	}
	r.Mul(r, big.NewRat(Per, 1))
	if !r.IsInt() || !r.Num().IsInt64() || r.Num().Int64() > maxVotes/MaxGroups {
		return 0, fmt.Errorf("weight %s: weights are counted in sixtieths, so that halves, thirds and tenths are exact; multiply all of them", text)
	}
	return r.Num().Int64(), nil
}
