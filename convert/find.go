package convert

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/internal/plain"
)

const (
	maxFound   = 200_000 // scenarios under a folder
	maxFolders = 200_000
)

// A Found scenario is one of those under a folder.
type Found struct {
	// Name tells scenarios apart: the path of its folder from where the search began,
	// and the names of its files where the folder has other scenarios, too; those in full
	// where names would be the same otherwise.
	Name   string
	Format *Format  // nil for a case file
	Paths  []string // what to give to Open
	// Problem says why there is no scenario to open, where files of one were found.
	Problem string
}

// FindOptions direct a search for scenarios. The zero value is ready to use.
type FindOptions struct {
	// Parties is the number of profiles of a domain that make a scenario; 0 is 2. A
	// folder with more profiles has one scenario for each choice of so many.
	Parties int
	// PerFolder is the largest number of such choices in a folder; 0 is 100. The
	// first in the order of the files' names are taken.
	PerFolder int
}

// Find returns the scenarios under a folder, in the order of the names of folders and
// files, with the same meaning on every machine. Hidden files and symbolic links are
// passed over. A folder with case.yaml is a case, and is not searched further.
//
// The notes say what was passed over: choices beyond PerFolder.
func Find(ctx context.Context, folder string, o FindOptions) ([]Found, []Note, error) {
	if o.Parties == 0 {
		o.Parties = 2
	}
	if o.PerFolder == 0 {
		o.PerFolder = 100
	}
	f := &finder{ctx: ctx, root: folder, options: o}
	info, err := os.Stat(folder)
	if err != nil {
		return nil, nil, err
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("%s is no folder: name the one that holds the scenarios", folder)
	}
	if err := f.search(folder, 0); err != nil {
		return nil, nil, err
	}
	for f.rename() { // a longer name may be another's
	}
	return f.found, f.notes, nil
}

// rename gives scenarios of one name those of their files, and reports whether there were any.
func (f *finder) rename() bool {
	count := make(map[string]int)
	for _, s := range f.found {
		count[s.Name]++
	}
	renamed := false
	for i := range f.found {
		s := &f.found[i]
		if count[s.Name] == 1 || len(s.Paths) == 0 {
			continue
		}
		name := f.name(s.Paths[0])
		for _, path := range s.Paths[1:] {
			name += "+" + filepath.Base(path)
		}
		renamed = renamed || name != s.Name
		s.Name = name
	}
	return renamed
}

type finder struct {
	ctx     context.Context
	root    string
	options FindOptions
	folders int
	found   []Found
	notes   []Note
}

// search looks at one folder, then at those in it.
func (f *finder) search(folder string, depth int) error {
	const deepest = 100
	if err := f.ctx.Err(); err != nil {
		return err
	}
	if f.folders++; f.folders > maxFolders || depth > deepest {
		return fmt.Errorf("%s: more than %d folders, or %d within one another", folder, maxFolders, deepest)
	}
	entries, err := namedfile.List(folder, maxFound)
	if err != nil {
		return err
	}
	name := f.name(folder)
	for _, e := range entries {
		if e.Name() == "case.yaml" {
			f.found = append(f.found, Found{Name: name, Paths: []string{folder}})
			return f.bounded()
		}
	}
	var cases []candidate
	files := make(map[*Format][]candidate)
	for _, e := range entries {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := f.ctx.Err(); err != nil {
			return err
		}
		c, err := recognise(f.ctx, Formats(), filepath.Join(folder, e.Name()), e.Name())
		if err != nil {
			f.found = append(f.found, Found{Name: join(name, e.Name()), Problem: err.Error()})
			continue
		}
		switch {
		case c.format == nil && plain.IsYAML(e.Name()) && f.isCase(c.path):
			cases = append(cases, c)
		case c.format != nil && c.part != aside:
			files[c.format] = append(files[c.format], c)
		}
	}
	var here []Found
	for _, c := range cases {
		here = append(here, Found{Name: stem(c.path), Paths: []string{c.path}})
	}
	for _, format := range Formats() {
		here = append(here, f.scenarios(name, format, files[format])...)
	}
	for _, found := range here {
		if len(here) == 1 && name != "" {
			found.Name = name
		} else {
			found.Name = join(name, found.Name)
		}
		f.found = append(f.found, found)
		if err := f.bounded(); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			if err := f.search(filepath.Join(folder, e.Name()), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *finder) bounded() error {
	if len(f.found) > maxFound {
		return fmt.Errorf("%s has more than %d scenarios: name a folder below it", f.root, maxFound)
	}
	return nil
}

// name returns the path of a folder from the root, with slashes.
func (f *finder) name(folder string) string {
	rel, err := filepath.Rel(f.root, folder)
	if err != nil || rel == "." {
		return ""
	}
	return filepath.ToSlash(rel)
}

func join(folder, name string) string {
	if folder == "" || name == "" {
		return folder + name
	}
	return folder + "/" + name
}

func stem(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

// isCase reports whether a YAML file says that it is a case of goodoffices.
func (f *finder) isCase(path string) bool {
	head, err := namedfile.Head(f.ctx, path, maxHead)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(head)) {
		if strings.HasPrefix(strings.TrimPrefix(line, "\uFEFF"), "goodoffices:") {
			return true
		}
	}
	return false
}

// scenarios returns the scenarios that files of a format in one folder make.
func (f *finder) scenarios(folder string, format *Format, files []candidate) []Found {
	var out []Found
	var domains, profiles []candidate
	for _, c := range files {
		switch c.part {
		case whole:
			out = append(out, Found{Name: stem(c.path), Format: format, Paths: []string{c.path}})
		case domain:
			domains = append(domains, c)
		case profile:
			profiles = append(profiles, c)
		}
	}
	n := f.options.Parties
	problem := ""
	switch {
	case len(domains)+len(profiles) == 0:
		return out
	case len(domains) > 1:
		problem = fmt.Sprintf("%d domains in one folder: which profiles belong to which cannot be told", len(domains))
	case len(profiles) < n:
		problem = fmt.Sprintf("%s, where a scenario has %d", several(len(profiles), "profile", "profiles"), n)
	}
	if problem != "" {
		return append(out, Found{Name: format.Name, Format: format, Problem: problem})
	}
	chosen := make([]int, n)
	for k := range chosen {
		chosen[k] = k
	}
	taken := 0
	for {
		if taken == f.options.PerFolder {
			f.notes = append(f.notes, Note{folder, fmt.Sprintf("%d profiles: of all choices of %d, the first %d are taken", len(profiles), n, taken)})
			return out
		}
		found := Found{Format: format}
		if len(domains) == 1 {
			found.Paths = []string{domains[0].path}
		}
		var names []string
		for _, k := range chosen {
			found.Paths = append(found.Paths, profiles[k].path)
			names = append(names, stem(profiles[k].path))
		}
		found.Name = strings.Join(names, "+")
		out = append(out, found)
		taken++
		if !nextChoice(chosen, len(profiles)) {
			return out
		}
	}
}

// nextChoice turns ascending positions below n into the next in lexical order.
func nextChoice(chosen []int, n int) bool {
	for k := len(chosen) - 1; k >= 0; k-- {
		if chosen[k] < n-len(chosen)+k {
			chosen[k]++
			for j := k + 1; j < len(chosen); j++ {
				chosen[j] = chosen[j-1] + 1
			}
			return true
		}
	}
	return false
}
