package convert_test

import (
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/convert"
)

// TestReportedFiles reads files that were once read wrongly or in silence. Each names what
// must be said of it: as the only problems, or among the notes.
func TestReportedFiles(t *testing.T) {
	folder := peers(t, "reported")
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
