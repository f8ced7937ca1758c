// Package convert reads the scenario files of other tools as those tools mean
// them, writes cases in their formats, and says what could not be carried over.
//
// Start with [Open], which takes the files of one scenario or the folder that holds
// them, recognises their format and returns a checked case with a [Note] for
// everything that was lost or had to be interpreted; and with [Write].
//
// A format is one value of the table in [Formats] and lives in one file: it says
// which files are its own, turns them into a scenario, which is what the formats have
// in common, and back. A scenario becomes text and is read by casefile, so that
// every case that comes out of here has passed the same checks as one written by
// hand. docs/formats/foreign.md says what is read how.
package convert

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/internal/plain"
)

// MaxFile is the largest file of a scenario in bytes.
const MaxFile = 16 << 20

const (
	maxTotal = 64 << 20 // bytes of all files of a scenario
	maxFiles = 1000     // files of a folder that are looked at, and paths given
	maxHead  = 64 << 10 // bytes by which a file is recognised
)

// A Note says what a conversion lost, or how it read something that can be read
// in more than one way.
type Note struct {
	Place string // FILE:LINE:COLUMN, or a path in the case; may be empty
	Text  string // a sentence without its full stop
}

// String returns "PLACE: TEXT".
func (n Note) String() string {
	if n.Place == "" {
		return n.Text
	}
	return n.Place + ": " + n.Text
}

// A Scenario is what was read from files, as a case.
type Scenario struct {
	Format *Format // nil for a case file
	// The case. Where Format is not nil its text was written by this package, and its
	// Conversion says from what.
	File *casefile.File
	// What was lost or interpreted, in the order of the files.
	Lost []Note
}

// A Format is a way in which a tool keeps its scenarios.
type Format struct {
	Name      string // as in "genius"
	Title     string // for people, as in "GENIUS XML"
	Extension string // of its files, as in ".xml"
	// Alone says that a scenario is a single file; else it is several in a folder.
	Alone bool

	// part says what a file is to the format, from its name and beginning.
	part func(name string, head []byte) part
	// read turns the files of one scenario, each of which is a part, into one. It
	// returns what it lost or interpreted, too.
	read func(ctx context.Context, files []input) (*scenario, []Note, error)
	// write turns a scenario into files, and returns what they cannot hold; nil for a
	// format that is only read. Lost words of the case have been noted already.
	write func(s *scenario) ([]Output, []Note, error)

	// readCase and writeCase stand for read and write in a format whose files hold more
	// than a scenario does: conditions, people at home, uncertain numbers.
	readCase  func(ctx context.Context, file input) (*casefile.File, []Note, error)
	writeCase func(c *casefile.Case) ([]Output, []Note, error)
}

// Writes reports whether [Write] knows the format.
func (f *Format) Writes() bool { return f.write != nil || f.writeCase != nil }

// OwnFormat is the name of the case file where formats are named.
const OwnFormat = "case"

// Formats returns the formats of other tools in the order in which they are tried.
func Formats() []*Format {
	return []*Format{genius, geniusweb, negolog, negmas, xlsxSheet, csvSheet}
}

// Named returns the format of a name.
func Named(name string) (*Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// A part is what a file is to a format.
type part uint8

const (
	none    part = iota // not the format's
	domain              // issues and options, for all parties
	profile             // what one party thinks of them
	whole               // a scenario by itself
	aside               // the format's, but no part of a scenario: results, statistics
)

// An input is a file of a scenario.
type input struct {
	name string // as given
	part part
	data []byte
}

// An Output is a file to be written.
type Output struct {
	Name string // without a folder
	Data []byte
}

// Open reads the files of one scenario, or the folder that holds them, and
// recognises their format. A case file, or a folder with one, is opened as
// [casefile.Open] does.
//
// In a folder it takes the files of a format when there is no choice: one scenario
// file, or at most one domain with two profiles. Otherwise the error lists the
// choices, and the files must be named; then any number of profiles will do.
func Open(ctx context.Context, paths ...string) (*Scenario, error) {
	return open(ctx, Formats(), paths)
}

// OpenAs is [Open] for a format that is known, so that a folder with scenarios of
// several formats has no choice.
func OpenAs(ctx context.Context, format *Format, paths ...string) (*Scenario, error) {
	return open(ctx, []*Format{format}, paths)
}

// open opens a scenario of one of the formats, or a case when they are all formats.
func open(ctx context.Context, formats []*Format, paths []string) (*Scenario, error) {
	switch {
	case len(paths) == 0:
		return nil, errors.New("no files were named")
	case len(paths) > maxFiles:
		return nil, fmt.Errorf("%d paths, more than the limit of %d", len(paths), maxFiles)
	}
	var files []candidate
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s does not exist: give a case, or the files of a scenario (%s)", path, titles(formats))
		case err != nil:
			return nil, fmt.Errorf("cannot open %s: %w", path, err)
		case info.IsDir() && len(paths) > 1:
			return nil, fmt.Errorf("%s is a folder: give one folder, or the files of one scenario", path)
		case info.IsDir():
			return openFolder(ctx, formats, path)
		}
		c, err := recognise(ctx, formats, path, path)
		if err != nil {
			return nil, err
		}
		files = append(files, c)
	}
	for _, c := range files {
		switch isYAML := plain.IsYAML(c.path); {
		case c.format == nil && len(formats) == 1:
			return nil, fmt.Errorf("%s is not %s", c.path, formats[0].Title)
		case c.format == nil && isYAML && len(files) == 1:
			return ours(c.path)
		case c.format == nil && isYAML:
			return nil, fmt.Errorf("%s is a case by itself, or no scenario file: give one case, or the files of one scenario", c.path)
		case c.format == nil:
			return nil, fmt.Errorf("%s is neither a case nor a file of a format that is known (%s)", c.path, titles(formats))
		case c.format != files[0].format:
			return nil, fmt.Errorf("%s is %s, and %s is %s: name the files of one scenario", files[0].path, files[0].format.Title, c.path, c.format.Title)
		}
	}
	return read(ctx, paths[0], files)
}

func titles(formats []*Format) string {
	var all []string
	for _, f := range formats {
		all = append(all, f.Title)
	}
	return strings.Join(all, ", ")
}

func ours(path string) (*Scenario, error) {
	f, err := casefile.Open(path)
	if err != nil {
		return nil, err
	}
	return &Scenario{File: f}, nil
}

// A candidate is a file that a format may know.
type candidate struct {
	path   string
	format *Format // nil when none does
	part   part
}

// recognise looks at the beginning of a file.
func recognise(ctx context.Context, formats []*Format, path, name string) (candidate, error) {
	head, err := namedfile.Head(ctx, path, maxHead)
	if err != nil {
		return candidate{}, err
	}
	c := candidate{path: path}
	for _, format := range formats {
		if p := format.part(name, head); p != none {
			c.format, c.part = format, p
			break
		}
	}
	return c, nil
}

// openFolder finds the one scenario of a folder.
func openFolder(ctx context.Context, formats []*Format, folder string) (*Scenario, error) {
	if _, err := os.Lstat(filepath.Join(folder, "case.yaml")); err == nil && len(formats) > 1 {
		return ours(folder)
	}
	entries, err := namedfile.List(folder, maxFiles)
	if err != nil {
		return nil, err
	}
	if len(entries) > maxFiles {
		return nil, fmt.Errorf("%s has more than %d files: name the files of one scenario", folder, maxFiles)
	}
	found := make(map[*Format][]candidate)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		c, err := recognise(ctx, formats, filepath.Join(folder, e.Name()), e.Name())
		if err != nil {
			return nil, err
		}
		if c.format != nil && c.part != aside {
			found[c.format] = append(found[c.format], c)
		}
	}
	var choices []string
	var only []candidate
	for _, f := range formats {
		if files := found[f]; len(files) > 0 {
			choices = append(choices, f.Title+": "+describe(files))
			only = files
		}
	}
	switch {
	case len(choices) == 0 && len(formats) == 1:
		return nil, fmt.Errorf("%s has no files of %s", folder, formats[0].Title)
	case len(choices) == 0:
		return ours(folder) // whose error says what the folder has
	case len(choices) > 1:
		return nil, fmt.Errorf("%s holds files of several formats: name those of one scenario\n%s", folder, strings.Join(choices, "\n"))
	case !single(only):
		return nil, fmt.Errorf("%s may hold several scenarios: name the files of one, the domain first\n%s", folder, choices[0])
	}
	return read(ctx, folder, only)
}

// single reports whether files can only be one scenario.
func single(files []candidate) bool {
	var count [aside + 1]int
	for _, f := range files {
		count[f.part]++
	}
	return len(files) == 1 && count[whole] == 1 || count[whole] == 0 && count[domain] <= 1 && count[profile] == 2
}

// describe lists files by what they are.
func describe(files []candidate) string {
	const most = 12
	var parts []string
	for _, p := range []struct {
		part part
		name string
	}{{domain, "domain"}, {profile, "profile"}, {whole, "scenario"}} {
		var names []string
		n := 0
		for _, f := range files {
			if f.part != p.part {
				continue
			}
			if n++; n <= most {
				names = append(names, filepath.Base(f.path))
			}
		}
		if n == 0 {
			continue
		}
		text := fmt.Sprintf("%d %s", n, p.name)
		if n > 1 {
			text += "s"
		}
		if n > most {
			names = append(names, "…")
		}
		parts = append(parts, text+" ("+strings.Join(names, ", ")+")")
	}
	return strings.Join(parts, ", ")
}

// read reads the files of one scenario.
func read(ctx context.Context, name string, files []candidate) (*Scenario, error) {
	format := files[0].format
	var inputs []input
	total := 0
	for _, c := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		data, err := namedfile.Read(ctx, c.path, MaxFile)
		if err != nil {
			return nil, err
		}
		if total += len(data); total > maxTotal {
			return nil, fmt.Errorf("%s: the files of the scenario have more than %d MiB together", c.path, maxTotal>>20)
		}
		inputs = append(inputs, input{c.path, c.part, data})
	}
	return parse(ctx, format, name, inputs)
}

// parse turns inputs of a format into a case. Name stands for the whole in problems.
func parse(ctx context.Context, format *Format, name string, inputs []input) (*Scenario, error) {
	if format.readCase != nil {
		if len(inputs) > 1 {
			return nil, fmt.Errorf("%s and %s are scenarios by themselves: name one", inputs[0].name, inputs[1].name)
		}
		file, lost, err := format.readCase(ctx, inputs[0])
		if err != nil {
			return nil, err
		}
		return newScenario(format, file, inputs, lost), nil
	}
	s, lost, err := format.read(ctx, inputs)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, in := range inputs {
		names = append(names, filepath.Base(in.name))
	}
	if s.about == "" {
		s.about = fmt.Sprintf("Read from %s: %s.", format.Title, strings.Join(names, ", "))
	}
	if s.title == "" {
		s.title = strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	}
	text, more, err := s.text()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	file, err := casefile.Parse(name+" as a case", text)
	if err != nil {
		return nil, fmt.Errorf("%s does not make a case: %w", name, err)
	}
	return newScenario(format, file, inputs, append(lost, more...)), nil
}

// newScenario tells a case what it was read from.
func newScenario(format *Format, file *casefile.File, inputs []input, lost []Note) *Scenario {
	c := &casefile.Conversion{Format: format.Title}
	for _, in := range inputs {
		c.Files = append(c.Files, in.name)
	}
	for _, n := range lost {
		c.Notes = append(c.Notes, n.String())
	}
	file.Conversion = c
	return &Scenario{Format: format, File: file, Lost: lost}
}

// Write turns a case, under its headline numbers and without views or levers, into
// the files of a format. The notes say what the format cannot hold.
func Write(format *Format, c *casefile.Case) ([]Output, []Note, error) {
	if format.writeCase != nil {
		return format.writeCase(c)
	}
	if format.write == nil {
		return nil, nil, fmt.Errorf("%s can be read, but not written", format.Title)
	}
	s, lost, err := fromCase(c)
	if err != nil {
		return nil, nil, err
	}
	files, more, err := format.write(s)
	if err != nil {
		return nil, nil, err
	}
	return files, append(lost, more...), nil
}
