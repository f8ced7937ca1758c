package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/convert"
	"github.com/goodoffices/goodoffices/internal/plain"
)

// A conversion is what convert did; it is the command's JSON, and docs/formats/convert.md
// explains its fields.
type conversion struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	Case    string   `json:"case"`
	Files   []string `json:"files"`
	Reading []string `json:"lost_reading"`
	Writing []string `json:"lost_writing"`
}

func newConvert(s *streams) *cobra.Command {
	var from, to, format string
	var force bool
	formats := []string{"text", "json"}
	cmd := &cobra.Command{
		Use:   "convert FROM... TO",
		Short: "Turn cases, score sheets and other tools' scenarios into one another",
		Long: `Convert reads FROM, which is a CASE or the files of one scenario of another tool, and
writes TO: a file, or a folder for formats of several files. Formats are recognised by
name and content; --from and --to say them where they cannot be.

  case       a case file of goodoffices: .yaml, or a folder to put case.yaml in
  xlsx, csv  a score sheet to fill in with a spreadsheet; its second sheet explains it` + otherFormats() + `

What the other format cannot hold, and what could have been read in more than one
way, is listed on standard error, or in the JSON that --format json prints. Nothing
is overwritten without --force.`,
		Example: `  goodoffices convert catalog:panama-canal-1974 canal.xlsx
  goodoffices convert canal.xlsx canal.yaml
  goodoffices convert catalog:panama-canal-1974 --to csv - > canal.csv`,
		Args: arguments(2, -1, "FROM, one or more files, and TO, the file or folder to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(formats, format) {
				return usagef(cmd, "no format %q%s", format, plain.Meant(format, formats))
			}
			sources, target := args[:len(args)-1], args[len(args)-1]
			name, err := targetFormat(to, target)
			if err != nil {
				return usagef(cmd, "%s", err)
			}
			if err := converted(name).Fits(target); err != nil && !console.IsFolder(target) {
				return err
			}
			if target == "-" && format == "json" {
				return usagef(cmd, "--format json and the file would both go to standard output: name a file")
			}
			scenario, err := s.openAs(cmd, from, sources)
			if err != nil {
				return err
			}
			result := conversion{From: convert.OwnFormat, To: name, Case: scenario.File.Case.ID, Files: []string{}, Reading: notes(scenario.Lost), Writing: []string{}}
			if scenario.Format != nil {
				result.From = scenario.Format.Name
			}
			outputs := []convert.Output{{Name: "case.yaml", Data: scenario.File.Data}}
			alone := true
			if f, ok := convert.Named(name); ok {
				var lost []convert.Note
				if outputs, lost, err = convert.Write(f, scenario.File.Case); err != nil {
					return fmt.Errorf("%s was not written: %w", console.Clean(target), err)
				}
				result.Writing, alone = notes(lost), f.Alone
			}
			var files []console.File
			for _, out := range outputs {
				files = append(files, console.File(out))
			}
			if result.Files, err = s.DeliverAll(cmd.Context(), target, sources, files, alone, force); err != nil {
				return err
			}
			if format == "json" {
				return s.WriteIndented(result)
			}
			s.sayLost("lost or interpreted in reading", result.Reading)
			s.sayLost("left out in writing", result.Writing)
			if target != "-" {
				s.Say("wrote %s", strings.Join(result.Files, ", "))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "read `FORMAT`, whatever the files look like")
	cmd.Flags().StringVar(&to, "to", "", "write `FORMAT`, where the name of TO does not say it")
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` of what is said about it: text or json")
	cmd.Flags().BoolVarP(&force, "force", "f", false, "overwrite files that exist")
	only := func(names []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)
	}
	completeFlag(cmd, "from", only(formatNames(false)))
	completeFlag(cmd, "to", only(formatNames(true)))
	completeFlag(cmd, "format", only(formats))
	cmd.ValidArgsFunction = completeCases(-1)
	return cmd
}

// otherFormats lists the formats of other tools for the help.
func otherFormats() string {
	var b strings.Builder
	for _, f := range convert.Formats() {
		if f.Name == "xlsx" || f.Name == "csv" {
			continue
		}
		can := "read and written"
		if !f.Writes() {
			can = "read"
		}
		fmt.Fprintf(&b, "\n  %-10s %s: %s", f.Name, f.Title, can)
	}
	return b.String()
}

// formatNames lists what --from and --to may say.
func formatNames(written bool) []string {
	names := []string{convert.OwnFormat}
	for _, f := range convert.Formats() {
		if !written || f.Writes() {
			names = append(names, f.Name)
		}
	}
	return names
}

// targetFormat returns the name of the format to write: the one that is named, else
// the one that the file's name ends in.
func targetFormat(named, target string) (string, error) {
	known := formatNames(true)
	if named != "" {
		if !slices.Contains(known, named) {
			return "", fmt.Errorf("no format %q to write%s", named, plain.Meant(named, known))
		}
		return named, nil
	}
	ext := strings.ToLower(filepath.Ext(target))
	switch ext {
	case "", ".yaml", ".yml":
		if target == "-" {
			return "", fmt.Errorf("what format goes to standard output? say --to %s", strings.Join(known, ", --to "))
		}
		return convert.OwnFormat, nil
	}
	var fit []string
	for _, f := range convert.Formats() {
		if f.Writes() && f.Extension == ext {
			fit = append(fit, f.Name)
		}
	}
	switch len(fit) {
	case 0:
		if err := readable.Fits(target); err != nil {
			return "", err
		}
		return "", fmt.Errorf("%s ends in no format that can be written: say --to %s", target, strings.Join(known, ", --to "))
	case 1:
		return fit[0], nil
	}
	return "", fmt.Errorf("%s may be one of several formats: say --to %s", target, strings.Join(fit, " or --to "))
}

// readable is what convert writes by the name of its file alone.
var readable = console.Product{Name: "result", Format: "a case file, a score sheet or another tool's scenario", Endings: []string{".yaml", ".xlsx", ".csv"}}

// converted returns what convert writes of a format as a product: one file, or a folder of several.
func converted(format string) console.Product {
	f, ok := convert.Named(format)
	switch {
	case !ok:
		return console.CaseFile
	case f.Alone:
		return console.Product{Name: "result", Format: "a " + f.Title, Endings: []string{f.Extension}}
	}
	return console.Product{Name: "result", Format: "a folder of " + f.Title, Endings: []string{"", f.Extension}}
}

// openAs opens a case of a format, empty for any.
func (s *streams) openAs(cmd *cobra.Command, from string, sources []string) (*convert.Scenario, error) {
	switch {
	case from == "" || from == convert.OwnFormat && len(sources) == 1 && isOurs(sources[0]):
		return s.openScenario(cmd.Context(), sources)
	case from == convert.OwnFormat && len(sources) == 1:
		file, err := casefile.Open(sources[0])
		return &convert.Scenario{File: file}, orCatalog(sources, err)
	case from == convert.OwnFormat:
		return nil, usagef(cmd, "a case is one file or folder, and %d are named", len(sources))
	}
	f, ok := convert.Named(from)
	if !ok {
		known := formatNames(false)
		return nil, usagef(cmd, "no format %q to read%s", from, plain.Meant(from, known))
	}
	return convert.OpenAs(cmd.Context(), f, sources...)
}

func (s *streams) sayLost(what string, all []string) {
	if len(all) == 0 {
		return
	}
	s.Say("%s:", what)
	for _, text := range all {
		s.Say("  %s", text)
	}
}

func notes(all []convert.Note) []string {
	out := []string{}
	for _, n := range all {
		out = append(out, n.String())
	}
	return out
}
