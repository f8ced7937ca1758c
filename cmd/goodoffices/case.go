package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/plain"
)

const (
	fromCatalog = "catalog:"
	oneCase     = "a CASE (a folder, a .yaml file, catalog:NAME, or - for standard input)"
	anyCase     = "a CASE (a folder, a .yaml file, catalog:NAME, - for standard input, or the files of one scenario of another tool)"
)

// openCase reads and checks the case that arguments name, as openScenario does.
func (s *streams) openCase(ctx context.Context, names ...string) (*casefile.File, error) {
	scenario, err := s.openScenario(ctx, names)
	if err != nil {
		return nil, err
	}
	return scenario.File, nil
}

// openScenario reads and checks a case: one argument, or the files of one scenario of
// another tool. A file whose name looks like catalog:NAME or - is reached as
// ./catalog:NAME or ./-.
func (s *streams) openScenario(ctx context.Context, names []string) (*convert.Scenario, error) {
	for _, n := range names {
		if len(names) > 1 && isOurs(n) {
			return nil, console.UsageError{Message: fmt.Sprintf("%s is a case by itself: give one case, or the files of one scenario", n)}
		}
	}
	if entry, ok := strings.CutPrefix(names[0], fromCatalog); ok {
		file, err := catalog.Open(entry)
		return &convert.Scenario{File: file}, err
	}
	if names[0] != "-" {
		scenario, err := convert.Open(ctx, names...)
		return scenario, orCatalog(names, err)
	}
	if _, ok := s.Terminal(s.In); ok {
		s.Say("reading a case from the keyboard; end it with Ctrl-D")
	}
	data, err := s.Read(ctx, "-", casefile.MaxSize)
	if err != nil {
		return nil, err
	}
	file, err := casefile.Parse("standard input", data)
	return &convert.Scenario{File: file}, err
}

// isOurs reports whether a name is no file's but of the catalogue, or standard input.
func isOurs(name string) bool { return name == "-" || strings.HasPrefix(name, fromCatalog) }

// orCatalog returns an error of opening a case, or where no such file exists the case of the catalogue
// that was probably meant.
func orCatalog(names []string, err error) error {
	if err == nil || len(names) > 1 {
		return err
	}
	meant := catalog.Meant(names[0])
	if _, lerr := os.Lstat(names[0]); meant == "" || !errors.Is(lerr, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%s does not exist: did you mean %s%s?", names[0], fromCatalog, meant)
}

// sayConversion says what a case was converted from and what was lost on the way.
func (s *streams) sayConversion(file *casefile.File) {
	const most = 10
	c := file.Conversion
	if c == nil {
		return
	}
	if len(c.Notes) == 0 {
		s.Say("read from %s, nothing lost", c.Format)
		return
	}
	s.Say("read from %s; %s lost or interpreted:", c.Format, console.Plural(len(c.Notes), "thing"))
	for i, note := range c.Notes {
		if i == most && len(c.Notes) > most+1 {
			s.Say("  and %d more, which goodoffices convert lists", len(c.Notes)-most)
			return
		}
		s.Say("  %s", note)
	}
}

// knows refuses views and levers that the case does not have.
func knows(cmd *cobra.Command, file *casefile.File, choice casefile.Choice) error {
	if view := choice.View; view != "" {
		if _, ok := file.Case.Views.Get(view); !ok {
			return usagef(cmd, "case %s has no view %q%s", file.Case.ID, view, plain.Meant(view, viewNames(file)))
		}
	}
	for _, lever := range choice.Levers {
		if names := leverNames(file); !slices.Contains(names, lever) {
			return usagef(cmd, "case %s has no lever %q%s", file.Case.ID, lever, plain.Meant(lever, names))
		}
	}
	return nil
}

func viewNames(file *casefile.File) []string  { return file.Case.Views.Keys() }
func leverNames(file *casefile.File) []string { return file.Case.LeverIDs() }

// Shell completion.

// completeCases completes names of the catalogue and leaves the rest to the
// shell's own completion of file names.
func completeCases(most int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		// From "cat" on, so that a folder named cases can still be completed.
		if !strings.HasPrefix(begun, fromCatalog) && !(len(begun) >= 3 && strings.HasPrefix(fromCatalog, begun)) {
			return nil, cobra.ShellCompDirectiveDefault
		}
		var names []cobra.Completion
		for _, e := range catalog.List() {
			names = append(names, cobra.CompletionWithDesc(fromCatalog+e.Name, e.Title))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeFrom completes a flag from the case that the line names already.
func completeFrom(s *streams, names func(*casefile.File) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 || slices.Contains(args, "-") {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		file, err := s.openCase(cmd.Context(), args...)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(file), cobra.ShellCompDirectiveNoFileComp
	}
}

func completeFlag(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag is not defined, or twice
	}
}
