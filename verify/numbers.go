package verify

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/bits"
	"slices"
	"strconv"

	"github.com/goodoffices/goodoffices/outcome"
)

// maxNames bounds the parties of a consent rule that is written as a truth table.
const maxNames = 20

// Fingerprint returns the SHA-256, in hexadecimal, of the numbers of a space that
// checks: issues, scores, adjustments, thresholds, red lines, requirements and who must
// consent, with the ids of issues and parties. Constituencies are left out, since
// no certificate says anything about ratification. docs/formats/certificate.md has
// the encoding. It fails where a consent rule has more than 20 parties.
func Fingerprint(s *outcome.Space) (string, error) {
	hash := sha256.New()
	w := bufio.NewWriter(hash)
	var line []byte
	end := func() {
		w.Write(append(line, '\n'))
		line = line[:0]
	}
	table := func(t *outcome.Table) {
		for _, i := range t.Issues() {
			line = append(strconv.AppendInt(line, int64(i), 10), ' ')
		}
		if box, inside := t.Box(); box {
			line = strconv.AppendBool(append(line, "box "...), inside)
			for k, i := range t.Issues() {
				line = append(line, ' ')
				for o := range s.Issues[i].Options {
					line = append(line, bit(t.Within(k, o)))
				}
			}
		} else {
			line = append(line, "table "...)
			for rank := range t.Size() {
				line = append(line, bit(t.At(rank)))
			}
		}
		end()
	}
	fmt.Fprintln(w, "goodoffices space 1")
	for _, is := range s.Issues {
		fmt.Fprintf(w, "issue %q %d\n", is.ID, is.Options)
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		fmt.Fprintf(w, "party %q %d", party.ID, party.Scale)
		if party.Threshold.Set {
			fmt.Fprintf(w, " %d", party.Threshold.Value)
		}
		fmt.Fprintln(w)
		for _, scores := range party.Scores {
			line = append(line, "scores"...)
			for _, v := range scores {
				line = strconv.AppendInt(append(line, ' '), v, 10)
			}
			end()
		}
		for k := range party.Adjustments {
			fmt.Fprintf(w, "add %d ", party.Adjustments[k].Add)
			table(&party.Adjustments[k].When)
		}
		for k := range party.RedLines {
			w.WriteString("red ")
			table(&party.RedLines[k].Forbidden)
		}
	}
	for k := range s.Requires {
		w.WriteString("never ")
		table(&s.Requires[k].Forbidden)
	}
	if s.Consent.Everyone() {
		w.WriteString("consent everyone\n")
	} else {
		n := len(s.Parties)
		if n > maxNames {
			return "", &tooLarge{Why: fmt.Sprintf("a consent rule over %d parties, more than %d, has no fingerprint", n, maxNames)}
		}
		line = append(line, "consent "...)
		for yes := range uint64(1) << n {
			line = append(line, bit(s.Consent.Holds(yes, n)))
		}
		end()
	}
	w.Flush() // a hash takes everything
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func bit(b bool) byte {
	if b {
		return '1'
	}
	return '0'
}

// unanimous reports whether an agreement needs every party.
func unanimous(s *outcome.Space) bool {
	n := len(s.Parties)
	if s.Consent.Everyone() {
		return true
	}
	if n > maxNames {
		return false
	}
	for yes := range uint64(1) << n {
		if s.Consent.Holds(yes, n) != (bits.OnesCount64(yes) == n) {
			return false
		}
	}
	return true
}

// maxScores bounds options times parties.
const maxScores = 1 << 24

// A tables is a space in which every issue counts for itself: by issue the options
// that no condition rules out, and what each adds for every party. Its outcomes are
// those that break neither a requirement nor a red line. Sums over issues stay
// within 2^61, as in every space that checks.
type tables struct {
	left [][]int     // by issue, options that are left
	gain [][][]int64 // by issue, option and party
	low  []int64     // by party, the least that an outcome can be worth
	size int64       // options left times parties, the cost of summing once
}

// newTables folds conditions and adjustments about one issue into that issue; it
// fails where consent is not unanimous or where issues are linked.
func newTables(s *outcome.Space) (*tables, error) {
	if !unanimous(s) {
		return nil, fmt.Errorf("multipliers prove nothing where consent is not unanimous")
	}
	options := 0
	for _, is := range s.Issues {
		options += is.Options
	}
	if options*len(s.Parties) > maxScores {
		return nil, &tooLarge{Why: fmt.Sprintf("%d options of %d parties pass %d scores", options, len(s.Parties), maxScores)}
	}
	t := &tables{low: make([]int64, len(s.Parties))}
	out := make([][]bool, len(s.Issues))
	for i, is := range s.Issues {
		out[i] = make([]bool, is.Options)
		t.gain = append(t.gain, make([][]int64, is.Options))
		for o := range is.Options {
			for p := range s.Parties {
				t.gain[i][o] = append(t.gain[i][o], s.Parties[p].Scores[i][o])
			}
		}
	}
	each := func(id string, table *outcome.Table, do func(i, o int)) error {
		issues := table.Issues()
		switch held := table.Count(); {
		case held == 0:
		case len(issues) <= 1:
			i := 0
			if len(issues) == 1 {
				i = issues[0]
			}
			for o := range out[i] {
				if len(issues) == 0 || table.At(o) {
					do(i, o)
				}
			}
		case held == table.Size(): // it holds everywhere
			for o := range out[0] {
				do(0, o)
			}
		default:
			return fmt.Errorf("multipliers prove nothing where issues are linked, as %s does", id)
		}
		return nil
	}
	bar := func(c *outcome.Condition) error {
		return each(c.ID, &c.Forbidden, func(i, o int) { out[i][o] = true })
	}
	for k := range s.Requires {
		if err := bar(&s.Requires[k]); err != nil {
			return nil, err
		}
	}
	for p := range s.Parties {
		party := &s.Parties[p]
		for k := range party.RedLines {
			if err := bar(&party.RedLines[k]); err != nil {
				return nil, err
			}
		}
		for _, a := range party.Adjustments {
			if err := each(party.ID+" "+a.ID, &a.When, func(i, o int) { t.gain[i][o][p] += a.Add }); err != nil {
				return nil, err
			}
		}
	}
	for i := range out {
		var left []int
		for o, gone := range out[i] {
			if !gone {
				left = append(left, o)
			}
		}
		t.left = append(t.left, left)
		t.size += int64(len(left) * len(s.Parties))
		for p := range t.low {
			if len(left) > 0 {
				o := slices.MinFunc(left, func(x, y int) int { return cmp.Compare(t.gain[i][x][p], t.gain[i][y][p]) })
				t.low[p] += t.gain[i][o][p]
			}
		}
	}
	return t, nil
}

// none reports whether some issue has no option left.
func (t *tables) none() bool {
	return slices.ContainsFunc(t.left, func(left []int) bool { return len(left) == 0 })
}
