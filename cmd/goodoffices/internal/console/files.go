package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is one of those that a product has.
type File struct {
	Name string
	Data []byte
}

// IsFolder reports whether a name is that of a folder.
func IsFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// DeliverAll writes files and returns their paths. One file goes to the target
// itself, or to standard output; several go into the folder that it names. Nothing is
// written when one of them exists, unless forced.
func (s *Streams) DeliverAll(ctx context.Context, target string, sources []string, outputs []File, alone, force bool) ([]string, error) {
	if target == "-" {
		if len(outputs) != 1 {
			return nil, fmt.Errorf("the format has %d files, and standard output holds one: name a folder", len(outputs))
		}
		_, err := s.Out.Write(outputs[0].Data)
		return []string{"-"}, err
	}
	_, err := os.Stat(target)
	there := IsFolder(target)
	folder := there || !alone || filepath.Ext(target) == ""
	if folder && err == nil && !there {
		return nil, fmt.Errorf("%s is a file, and the format has several: name a folder", target)
	}
	var paths, leads []string
	for _, out := range outputs {
		path := target
		if folder {
			path = filepath.Join(target, filepath.Base(out.Name))
		}
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) && !force {
			return nil, fmt.Errorf("%s exists already and is left as it is: choose another name, or say --force", path)
		}
		lead := path
		if !folder || there {
			if lead, err = OutputPath(Product{Name: "file"}, path, sources...); err != nil {
				return nil, err
			}
		}
		if folder {
			lead = path // names of ours are no links of the user's
		}
		paths, leads = append(paths, path), append(leads, lead)
	}
	if folder {
		if err := os.MkdirAll(target, 0o777); err != nil {
			return nil, err
		}
	}
	for k, out := range outputs {
		if err := s.Deliver(ctx, leads[k], out.Data); err != nil {
			return nil, fmt.Errorf("%s was not written: %w", paths[k], err)
		}
	}
	return paths, nil
}

// WriteIndented writes a value as JSON on standard output.
func (s *Streams) WriteIndented(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := s.Out.Write([]byte(Clean(b.String())))
	return err
}
