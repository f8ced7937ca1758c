//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package namedfile

import (
	"io/fs"
	"os"
	"syscall"
)

const (
	nonblock = syscall.O_NONBLOCK
	nofollow = syscall.O_NOFOLLOW
	locks    = true
)

// lock locks an open file or folder until it is closed, at the latest at the end of this process.
// It waits for another's lock, or else reports whether there was none.
func lock(f *os.File, wait bool) bool {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	return syscall.Flock(int(f.Fd()), how) == nil
}

// mine reports whether a file belongs to the user.
func mine(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}

// trusted reports whether a link belongs to the user or to the system.
func trusted(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return mine(info) || ok && s.Uid == 0
}
