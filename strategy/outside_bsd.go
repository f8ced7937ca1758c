//go:build unix && !linux

package strategy

import (
	"os/exec"
	"syscall"
)

// setApart puts the program in a process group of its own.
func setApart(cmd *exec.Cmd, _ bool) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
