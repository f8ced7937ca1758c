//go:build !unix

package strategy

import "os/exec"

// The system offers no limits and no process groups that we use.

func setApart(*exec.Cmd, bool) {}

func limited(args []string) []string { return args }

func kill(cmd *exec.Cmd) { cmd.Process.Kill() }
