//go:build unix

package strategy

import (
	"os/exec"
	"syscall"
)

// limits is run before the program: at most 10 minutes of processor time, 4 GiB of
// memory, 64 MiB per file and 64 open files, as far as the shell can set them.
const limits = `for limit in "-t 600" "-v 4194304" "-f 131072" "-n 64" "-c 0"; do ulimit $limit 2>/dev/null; done; exec "$@"`

// limited returns a command that sets limits and becomes the given one.
func limited(args []string) []string {
	shell, err := exec.LookPath("sh")
	if err != nil {
		return args
	}
	return append([]string{shell, "-c", limits, "sh"}, args...)
}

// kill ends the program's process group.
func kill(cmd *exec.Cmd) {
	if syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) != nil {
		cmd.Process.Kill()
	}
}
