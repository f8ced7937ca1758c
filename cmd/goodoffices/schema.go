package main

import (
	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/casefile"
)

func newSchema(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the case file",
		Long: `Schema prints the JSON Schema (draft 2020-12) of the case file, with which an
editor completes and explains its fields. Save it, and begin a case file with:

  # yaml-language-server: $schema=case.schema.json`,
		Example: `  goodoffices schema > case.schema.json`,
		Args:    arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := s.Out.Write(casefile.Schema())
			return err
		},
	}
}
