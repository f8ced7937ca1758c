//go:build unix && !linux

package outside

import (
	"os/exec"
	"syscall"
)

// limits is run before the program: at most 10 minutes of processor time, 4 GiB of
// memory, 64 MiB per file and 64 open files, as far as the shell can set them.
const limits = `for limit in "-t 600" "-v 4194304" "-f 131072" "-n 64" "-c 0"; do ulimit $limit 2>/dev/null; done; exec "$@"`

// keep returns the command that sets limits and becomes the program, in a process group of
// its own. The system has no namespaces that we use.
func keep(args []string, folder string, _ bool) *exec.Cmd {
	cmd := exec.Command("sh", append([]string{"-c", limits, "sh"}, args...)...)
	cmd.Dir, cmd.SysProcAttr = folder, &syscall.SysProcAttr{Setpgid: true}
	return cmd
}
