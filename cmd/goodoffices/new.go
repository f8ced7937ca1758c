package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/plain"
)

func newNew(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "new CASE",
		Short: "Start a case: a commented file to fill in",
		Long: `New writes a small invented case that checks clean and explains itself in
comments, for you to replace with your own. CASE is the folder in which to put
case.yaml, or the name of a .yaml file; its name becomes the id of the case.
Nothing is ever overwritten.`,
		Example: `  goodoffices new my-talks
  goodoffices new fishing-quota.yaml`,
		Args: arguments(1, 1, "a CASE: the folder or .yaml file to make"),
		RunE: func(_ *cobra.Command, args []string) error {
			path, folder := args[0], true
			if err := console.CaseFile.Fits(path); err != nil {
				return err
			}
			base := filepath.Base(filepath.Clean(path))
			if plain.IsYAML(base) {
				folder, base = false, strings.TrimSuffix(base, filepath.Ext(base))
			}
			data, err := casefile.New(idFrom(base))
			if err != nil {
				return err
			}
			if folder {
				if err := os.MkdirAll(path, 0o777); err != nil {
					return err
				}
				path = filepath.Join(path, "case.yaml")
			}
			if err := createFile(path, data); err != nil {
				return err
			}
			s.Say("wrote %s; when you have changed it: goodoffices check %s", path, args[0])
			return nil
		},
	}
}

var notInID = regexp.MustCompile(`[^a-z0-9_]+`)

// idFrom makes the id of a case from the name of a file or folder.
func idFrom(name string) string {
	id := strings.Trim(notInID.ReplaceAllString(strings.ToLower(name), "-"), "-_")
	if id == "" || id[0] < 'a' {
		id = strings.Trim("case-"+id, "-")
	}
	return id[:min(len(id), 64)]
}

// createFile writes a file that must not exist yet, under that name or as a link.
func createFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and is left as it is: choose another name", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}
