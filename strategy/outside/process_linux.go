package outside

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/goodoffices/goodoffices/internal/namedfile"
)

// A program cannot be set apart from outside alone: its mounts and limits are its own to
// set, before it begins. So this executable is started under another name, sets itself
// apart and becomes the program.

// keeper is that name; nobody is who root is in a program's namespace, so that it loses what root may.
const (
	keeper = "goodoffices-outside"
	nobody = 65534
)

func init() {
	if len(os.Args) > 1 && os.Args[0] == keeper {
		runtime.LockOSThread() // what follows holds for one thread
		becomeProgram(os.Args[1], os.Args[2:])
	}
}

// system tries once how far programs can be set apart here.
var system = sync.OnceValue(func() (s apartness) {
	for _, s.apart = range []bool{true, false} {
		if s.reach, s.err = tried(s.apart); s.err == nil {
			break
		}
	}
	return s
})

// tried returns what a program could do that is set apart so.
func tried(apart bool) (reach []string, err error) {
	folder, remove, err := namedfile.TempFolder(os.TempDir(), folderPrefix)
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder, remove: remove}
	if reach, err = p.start(nil, apart); err != nil {
		remove()
		return nil, err
	}
	p.end()
	return reach, nil
}

// keep returns the command that becomes a program, in a process group of its own, to be
// killed with this process. With apart it has user, mount, process, network and message
// namespaces of its own; where the kernel allows none, starting fails.
func keep(args []string, folder string, apart bool) *exec.Cmd {
	cmd := &exec.Cmd{Path: "/proc/self/exe", Args: append([]string{keeper, fmt.Sprint(apart)}, args...), Dir: folder}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if apart {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: cmp.Or(os.Getuid(), nobody), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: cmp.Or(os.Getgid(), nobody), HostID: os.Getgid(), Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN} // over these namespaces, for their mounts
	}
	return cmd
}

// launch starts the command and returns what it told before it became the program.
func launch(cmd *exec.Cmd) (reach []string, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	cmd.ExtraFiles = []*os.File{w}
	err = cmd.Start()
	w.Close()
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if why, ok := strings.CutPrefix(lines.Text(), refused); ok {
			cmd.Wait()
			return nil, errors.New(why)
		}
		reach = append(reach, lines.Text())
	}
	return reach, lines.Err()
}

// refused begins what is told when the program cannot be become.
const refused = "error: "

// becomeProgram sets this process apart, tells on descriptor 3 what it could not, and becomes the
// program; without one it ends.
func becomeProgram(apart string, args []string) {
	syscall.CloseOnExec(3)
	told := os.NewFile(3, "report")
	alone, readOnly := errNoNamespace, errNoNamespace
	if apart == "true" {
		alone, readOnly = mounts()
	}
	bound := errors.Join(unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
	locked := landlock()
	if apart != "true" {
		fmt.Fprintln(told, "reach the network")
	}
	if alone != nil {
		fmt.Fprintln(told, "see your other processes")
	}
	switch {
	case readOnly == nil:
	case locked == nil:
		fmt.Fprintln(told, "change the permissions of your files")
	default:
		fmt.Fprintln(told, "write the files that you can write")
	}
	if bound != nil {
		fmt.Fprintln(told, "take on the rights of programs that run as another user")
	}
	if len(args) == 0 {
		os.Exit(0)
	}
	environment := os.Environ()
	for _, l := range limits {
		unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.most, Max: l.most}) // a lower one stays
	}
	err := syscall.Exec(args[0], args, environment)
	fmt.Fprintln(told, refused+err.Error())
	os.Exit(1)
}

// limits are on processor time in seconds, the size of a file, open files, dumps and,
// last since this program itself may have more, memory.
var limits = []struct {
	what int
	most uint64
}{{unix.RLIMIT_CPU, 600}, {unix.RLIMIT_FSIZE, 64 << 20}, {unix.RLIMIT_NOFILE, 64}, {unix.RLIMIT_CORE, 0}, {unix.RLIMIT_AS, 4 << 30}}

// mounts gives the process a /proc of its own, makes all else read-only, and puts
// memory in the place of its folder.
func mounts() (alone, readOnly error) {
	folder, err := os.Getwd()
	private := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, "")
	alone = unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	readOnly = errors.Join(err, private,
		unix.MountSetattr(-1, "/", unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}),
		unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=256m,mode=700"),
		unix.Chdir(folder))
	return alone, readOnly
}

var errNoNamespace = errors.New("no namespace of its own")

// landlock takes from the process, for ever, every right to write outside of its folder,
// and where the kernel knows them, to connect to others and to signal them.
func landlock() error {
	const (
		files = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR |
			unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
			unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK | unix.LANDLOCK_ACCESS_FS_MAKE_SYM | unix.LANDLOCK_ACCESS_FS_REFER | unix.LANDLOCK_ACCESS_FS_TRUNCATE
		net   = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		scope = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
	)
	var rules uintptr
	err := syscall.Errno(1)
	for _, a := range []unix.LandlockRulesetAttr{ // what kernels know, the newest first
		{Handled_access_fs: files | unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX, Handled_access_net: net, Scoped: scope},
		{Handled_access_fs: files, Handled_access_net: net, Scoped: scope},
		{Handled_access_fs: files, Handled_access_net: net},
		{Handled_access_fs: files},
	} {
		if rules, _, err = unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&a)), unsafe.Sizeof(a), 0); err == 0 {
			break
		}
	}
	if err != 0 {
		return err
	}
	defer unix.Close(int(rules))
	for path, access := range map[string]uint64{".": files, os.DevNull: unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE} {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		beneath := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
		if _, _, err := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&beneath)), 0, 0, 0); err != 0 {
			return err
		}
		unix.Close(fd)
	}
	if _, _, err := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); err != 0 {
		return err
	}
	return nil
}
