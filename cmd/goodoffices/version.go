package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print version, commit and platform",
		Example: `  goodoffices version`,
		Args:    arguments(0, 0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(s.Out, version())
			return err
		},
	}
}

// version says what this program was built from, as far as the Go toolchain
// recorded it.
func version() string {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		settings := map[string]string{}
		for _, set := range info.Settings {
			settings[set.Key] = set.Value
		}
		if revision := settings["vcs.revision"]; revision != "" {
			commit = fmt.Sprintf("commit %s of %s", revision, settings["vcs.time"])
			if settings["vcs.modified"] == "true" {
				commit += ", with changes"
			}
			commit += "\n"
		}
	}
	return fmt.Sprintf("goodoffices %s\n%s%s %s/%s\n", number(), commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// number returns the version of the module, "(devel)" in an unreleased checkout.
func number() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown)"
}
