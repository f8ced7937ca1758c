//go:build !linux

package outside

import "os/exec"

// system says that programs are not set apart.
func system() apartness {
	return apartness{reach: []string{"reach the network", "see your other processes", "write the files that you can write", "take on the rights of programs that run as another user"}}
}

// launch starts the command; there is nothing that it could tell.
func launch(cmd *exec.Cmd) (reach []string, err error) { return nil, cmd.Start() }
