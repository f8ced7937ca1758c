package casefile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/internal/plain"
)

// fileName is the name of the case file in a case's folder.
const fileName = "case.yaml"

// A File is a case file that checks. It does not change: edits return a new one.
type File struct {
	Name string // as given to Open or Parse; for a folder, of the file in it
	Data []byte // the bytes of the file; the caller must not change them
	Case *Case  // the caller must not change it

	// What the case was converted from; nil when it was written as a case file, and
	// always in what Parse and Open return.
	Conversion *Conversion

	warnings Problems
}

// A Conversion says which files of another format a case was read from.
type Conversion struct {
	Format string   // for people, as in "GENIUS XML"
	Files  []string // as they were named
	// What was lost, repaired or could have been read otherwise: "PLACE: TEXT", without
	// a full stop, in the order of the files.
	Notes []string
}

// Hash returns the SHA-256 of the file's bytes in hexadecimal.
func (f *File) Hash() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// Warnings returns what is worth a second look in a file that checks, in the
// order of the file.
func (f *File) Warnings() Problems { return slices.Clone(f.warnings) }

// Parse reads and checks a case. Name stands for the file in problems. The error
// is of type [Problems] and holds every problem, warnings included.
func Parse(name string, data []byte) (*File, error) {
	r := &reporter{file: name}
	if len(data) > MaxSize {
		r.add(tooLarge())
		return nil, r.problems
	}
	r.src = newSource(data)
	c := new(Case)
	if root := r.read(); root != nil {
		r.decode(reflect.ValueOf(c).Elem(), root, nil)
		r.check(c)
	}
	r.problems.sort()
	if r.muted > 0 {
		r.problems = append(r.problems, Problem{File: name, Message: fmt.Sprintf("%d more warnings are not listed", r.muted), Warning: true})
	}
	if r.more > 0 {
		r.problems = append(r.problems, Problem{File: name, Message: fmt.Sprintf("%d more problems are not listed", r.more)})
	}
	if slices.ContainsFunc(r.problems, func(p Problem) bool { return !p.Warning }) {
		return nil, r.problems
	}
	c.settle()
	return &File{Name: name, Data: slices.Clone(data), Case: c, warnings: r.problems}, nil
}

func tooLarge() Problem {
	return Problem{Message: fmt.Sprintf("the file is larger than %d MiB", MaxSize>>20), Fix: "keep texts in files of their own under sources/ and cite them"}
}

// Open reads and checks a case: a folder with case.yaml in it, or a .yaml or .yml
// file, in capitals or not. A folder's case.yaml must not be a symbolic link that leaves the folder.
// Problems in the file come as an error of type [Problems]; a file that cannot be
// read comes as an error that says why.
func Open(name string) (*File, error) {
	info, err := os.Stat(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s does not exist: give a folder with %s in it, or a .yaml file", name, fileName)
		}
		return nil, fmt.Errorf("cannot open %s: %w", name, err)
	}
	if !info.IsDir() {
		if !plain.IsYAML(name) {
			return nil, fmt.Errorf("%s is not a case: give a folder with %s in it, or a .yaml file", name, fileName)
		}
		f, err := namedfile.Open(name)
		if err != nil {
			return nil, err
		}
		return readCase(name, f)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("cannot open the folder %s: %w", name, err)
	}
	defer root.Close()
	inside := filepath.Join(name, fileName)
	if _, err := root.Lstat(fileName); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s: %s", name, fileName, found(root))
	}
	f, err := namedfile.OpenIn(root, fileName, inside)
	if err != nil {
		var kind *namedfile.KindError
		if target, lerr := root.Readlink(fileName); lerr == nil && !errors.As(err, &kind) {
			return nil, fmt.Errorf("%s is a symbolic link to %s, which leaves the folder or leads nowhere: copy the file into the folder", inside, quoted(target))
		}
		return nil, err
	}
	return readCase(inside, f)
}

// found says what a folder without case.yaml has instead.
func found(root *os.Root) string {
	dir, err := root.Open(".")
	if err != nil {
		return "it cannot be listed"
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(1000)
	var names, cases []string
	for _, e := range entries {
		names = append(names, e.Name())
		if plain.IsYAML(e.Name()) {
			cases = append(cases, e.Name())
		}
	}
	slices.Sort(names)
	slices.Sort(cases)
	switch {
	case len(names) == 0:
		return "the folder is empty"
	case len(cases) > 0:
		return "it has " + list(cases, "and") + ": rename that to " + fileName + " or give its own path"
	}
	return "it has " + list(names, "and")
}

func readCase(name string, f *os.File) (*File, error) {
	data, err := namedfile.ReadOpen(context.Background(), name, f, MaxSize)
	var large *namedfile.SizeError
	if errors.As(err, &large) {
		problem := tooLarge()
		problem.File = name
		return nil, Problems{problem}
	}
	if err != nil {
		return nil, err
	}
	return Parse(name, data)
}

// Write writes the file's bytes to a path as a whole: a reader finds the old file
// or the new one, never a part. An existing file keeps its mode; a symbolic link
// is refused, for it would be replaced by a file.
func (f *File) Write(name string) error {
	return namedfile.Write(context.Background(), name, f.Data, 0o644)
}
