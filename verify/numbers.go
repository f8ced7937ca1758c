package verify

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
		fmt.Fprintf(w, "party %q %d", party.ID, party.Units())
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
