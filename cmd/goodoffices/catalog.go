package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/plain"
)

func newCatalog(s *streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "The documented cases that come with the program",
		Long: `The catalogue holds cases with their sources. Anywhere a CASE is asked for,
catalog:NAME names one of them. Without a command, catalog lists them.`,
		Example: `  goodoffices catalog
  goodoffices catalog show iran-us-2026 > iran.yaml
  goodoffices catalog copy panama-canal-1974 canal`,
		Args: noSuchCommand,
		RunE: func(*cobra.Command, []string) error { return s.listCatalog() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "list",
		Short:   "List the cases: name, size, title, and where they come from",
		Example: `  goodoffices catalog list`,
		Args:    arguments(0, 0, "no arguments"),
		RunE:    func(*cobra.Command, []string) error { return s.listCatalog() },
	}, &cobra.Command{
		Use:               "show NAME",
		Short:             "Print a case's file",
		Example:           `  goodoffices catalog show iran-us-2026`,
		Args:              arguments(1, 1, "the NAME of a case: catalog list prints them"),
		ValidArgsFunction: completeEntries,
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := catalog.Open(entryName(args[0]))
			if err != nil {
				return err
			}
			_, err = s.Out.Write(file.Data)
			return err
		},
	}, &cobra.Command{
		Use:   "copy NAME [DIR]",
		Short: "Copy a case to a folder of your own, to change it",
		Long: `Copy puts the case into folder DIR, by default one of the case's name in the
current folder. Nothing is ever overwritten.`,
		Example: `  goodoffices catalog copy panama-canal-1974
  goodoffices catalog copy iran-us-2026 my-iran`,
		Args:              arguments(1, 2, "the NAME of a case and perhaps a folder"),
		ValidArgsFunction: completeEntries,
		RunE: func(_ *cobra.Command, args []string) error {
			name := entryName(args[0])
			dir := name
			if len(args) > 1 {
				dir = args[1]
			}
			if err := (console.Product{Name: "copy", Format: "a folder", Endings: []string{""}}).Fits(dir); err != nil {
				return err
			}
			if err := catalog.Copy(name, dir); err != nil {
				return err
			}
			s.Say("copied to %s; to see its brief: goodoffices brief %s", dir, dir)
			return nil
		},
	})
	return cmd
}

// entryName lets catalog:NAME stand for NAME where only a name can.
func entryName(arg string) string { return strings.TrimPrefix(arg, fromCatalog) }

func (s *streams) listCatalog() error {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, e := range catalog.List() {
		fmt.Fprintf(w, "%s\t%s packages\t%s\n", e.Name, plain.Grouped(e.Size), e.Title)
	}
	return w.Flush()
}

func completeEntries(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	var names []cobra.Completion
	for _, e := range catalog.List() {
		names = append(names, cobra.CompletionWithDesc(e.Name, e.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
