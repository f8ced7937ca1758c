package strategy

import (
	"os"
	"os/exec"
	"syscall"
)

// setApart puts the program in a process group of its own, to be killed with this
// process. With apart it has, besides, user, process, network and message namespaces of its
// own: it sees no network and none of the other processes can be signalled by it. Where
// the kernel allows no such namespaces, starting fails.
func setApart(cmd *exec.Cmd, apart bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if !apart {
		return
	}
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
}
