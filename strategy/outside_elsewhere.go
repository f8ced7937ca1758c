//go:build !linux

package strategy

import "os/exec"

// OutsideReach says what outside programs can do on this system although they should not,
// as verbs: "reach the network". Nothing stands for set apart in full.
func OutsideReach() ([]string, error) {
	return []string{"reach the network", "see your other processes", "write the files that you can write", "take on the rights of programs that run as another user"}, nil
}

// launch starts the command; there is nothing that it could tell.
func launch(cmd *exec.Cmd) (reach []string, err error) { return nil, cmd.Start() }
