// Package catalog holds documented cases that come with the program: each with
// its sources, its scores and whose assumptions they are.
//
// [List] says what there is, [Open] parses a case and [Copy] puts it into a
// folder of one's own, to be changed there.
//
// # Cases on live conflicts
//
// A case about people who are still negotiating, or at war, can do harm: it can
// mislead, and it can be read as taking a side. Such a case is held to these
// rules, and the package's tests check what a test can check.
//
//   - Scores and reasons follow one stated rule for all sides, written at the top
//     of the file, and are committed before anything is solved. They are never
//     tuned towards a verdict.
//   - All sides have the same depth: mandate, preconditions, red lines, reasons,
//     constituencies and ratification. Where a side has said nothing, a statement
//     of stance none_on_record says so.
//   - Every position has a source. What the source says is told in our words;
//     quote is verbatim, and holds nothing from a passage that reached us cut.
//     Sources that contradict each other are both recorded.
//   - The reliability of a source and the credibility of what it reports are
//     rated separately, by a rule stated in the file. A reprint is named as one.
//   - Nothing later than the case's date is used.
//   - Views differ only in what cited authors dispute.
//   - Mediators' own levers come first, and pressure is written with what it does
//     to its target's home front. The use of force is no lever.
//
// README.md in this folder says how to add a case.
package catalog

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/internal/plain"
)

//go:embed cases
var files embed.FS

// An Entry says what a case is, so that one can choose without reading it.
type Entry struct {
	Name     string // the case's id and the name of its folder
	Title    string // as in the case
	About    string // one line
	Citation string // where its numbers or its facts come from
	Size     string // packages in the whole space, a decimal number
}

// entries are in the order in which they are listed. They repeat what the files
// say, so that listing parses nothing; a test compares them.
var entries = []Entry{
	{
		Name:     "iran-us-2026",
		Title:    "Iran–United States talks, February 2026",
		About:    "Two parties, twelve issues, mediators and home fronts; scored from public sources by one stated rule.",
		Citation: "Public sources up to 4 February 2026, each cited in the case; scores by the goodoffices authors.",
		Size:     "9289728",
	},
	{
		Name:     "panama-canal-1974",
		Title:    "The Panama Canal, 1974",
		About:    "Two parties and ten issues with published points, one of them divisible: the example of Adjusted Winner.",
		Citation: "Howard Raiffa, The Art and Science of Negotiation (1982); Steven J. Brams and Alan D. Taylor, Fair Division (1996).",
		Size:     "1024",
	},
	{
		Name:     "six-party-exercise",
		Title:    "A sports complex for the harbour, six parties",
		About:    "A scored exercise: two parties with a veto, and five of six needed in all.",
		Citation: "Sahar Abdelnabi and others, Cooperation, Competition, and Maliciousness: LLM-Stakeholders Interactive Negotiation (NeurIPS 2024); after Lawrence Susskind, Harborco (1985).",
		Size:     "720",
	},
}

// List returns the cases in a fixed order. The caller owns the slice.
func List() []Entry { return slices.Clone(entries) }

// Open parses the case of the given name. It fails when there is none of that
// name, and names the one that was probably meant.
func Open(name string) (*casefile.File, error) {
	if err := known(name); err != nil {
		return nil, err
	}
	data, err := files.ReadFile(path.Join("cases", name, "case.yaml"))
	if err != nil {
		return nil, fmt.Errorf("catalog case %q: %w", name, err)
	}
	return casefile.Parse("catalog:"+name, data)
}

// Copy writes the case of the given name, with every file that belongs to it,
// into the new folder dir. It refuses when anything exists at dir. The folder
// appears whole or not at all. Folders above it are not made.
func Copy(name, dir string) error {
	if err := known(name); err != nil {
		return err
	}
	dir = filepath.Clean(dir)
	switch _, err := os.Lstat(dir); {
	case err == nil:
		return fmt.Errorf("cannot copy %s to %s: it exists already, and nothing is overwritten: name another folder", name, dir)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("cannot copy %s: %w", name, err)
	}
	parent := filepath.Dir(dir)
	if _, err := os.Stat(parent); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot copy %s to %s: there is no folder %s: make it first", name, dir, parent)
	}
	// Made beside the target, and so on the same file system: one rename then puts
	// everything in place.
	temp, remove, err := namedfile.TempFolder(parent, namedfile.TempPrefix)
	if err != nil {
		return fmt.Errorf("cannot copy %s to %s: %w", name, dir, err)
	}
	defer remove()
	from, err := fs.Sub(files, path.Join("cases", name))
	if err != nil {
		return fmt.Errorf("cannot copy %s: %w", name, err)
	}
	whole := filepath.Join(temp, name) // not temp itself, which only its owner may read
	if err := os.CopyFS(whole, from); err != nil {
		return fmt.Errorf("cannot copy %s to %s: %w", name, dir, err)
	}
	// A rename replaces no file and no folder that holds anything.
	if err := os.Rename(whole, dir); err != nil {
		return fmt.Errorf("cannot copy %s to %s: %w", name, dir, err)
	}
	return nil
}

// known returns an error when there is no case of the name.
func known(name string) error {
	var names []string
	for _, e := range entries {
		if e.Name == name {
			return nil
		}
		names = append(names, e.Name)
	}
	if meant := Meant(name); meant != "" {
		return fmt.Errorf("the catalogue has no case %q: did you mean %q?", name, meant)
	}
	return fmt.Errorf("the catalogue has no case %q: it has %s", name, strings.Join(names, ", "))
}

// Meant returns the name of the case that a name which is none probably means, however it
// is cut short, spaced, or written with catalog before it; empty when none is near.
func Meant(name string) string {
	name = strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(name))
	for _, before := range []string{"catalog", "catalogue"} {
		if rest, ok := strings.CutPrefix(name, before); ok && len(rest) > 1 && (rest[0] == ':' || rest[0] == '/') {
			name = rest[1:]
		}
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return plain.Nearest(name, names)
}
