//go:build unix

package outside

import (
	"os/exec"
	"syscall"
)

// kill ends the program's process group.
func kill(cmd *exec.Cmd) {
	if syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) != nil {
		cmd.Process.Kill()
	}
}
