//go:build !unix

package outside

import "os/exec"

// keep returns the command of a program. The system offers no limits and no process groups
// that we use.
func keep(args []string, folder string, _ bool) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = folder
	return cmd
}

func kill(cmd *exec.Cmd) { cmd.Process.Kill() }
