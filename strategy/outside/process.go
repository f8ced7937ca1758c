package outside

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/goodoffices/goodoffices/internal/namedfile"
)

// A process is a program with lines to and from it.
type process struct {
	cmd    *exec.Cmd
	folder string
	remove func() error
	in     io.WriteCloser
	out    *bufio.Reader
	said   tail
	once   sync.Once
}

// startProcess starts a program in an empty folder of its own, with nothing in its
// environment but PATH and HOME (that folder), limited and set apart as far as the
// system allows; [Reach] says how far. Arguments that name files are made absolute first.
func startProcess(command string) (*process, error) {
	args, err := fields(command)
	if err != nil {
		return nil, err
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("it was not found: %w", err)
	}
	if args[0], err = filepath.Abs(path); err != nil {
		return nil, err
	}
	for i, arg := range args[1:] {
		if info, err := os.Stat(arg); err == nil && !info.IsDir() {
			if absolute, err := filepath.Abs(arg); err == nil {
				args[i+1] = absolute
			}
		}
	}
	folder, remove, err := namedfile.TempFolder(os.TempDir(), folderPrefix)
	if err != nil {
		return nil, err
	}
	p := &process{folder: folder, remove: remove}
	if _, err := p.start(args, system().apart); err != nil {
		remove()
		return nil, fmt.Errorf("it could not be started: %w", err)
	}
	return p, nil
}

// start starts the program and returns what it can do beyond what it should; apart asks for
// namespaces of its own.
func (p *process) start(args []string, apart bool) (reach []string, err error) {
	cmd := keep(args, p.folder, apart)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder}
	cmd.Stderr = &p.said
	cmd.WaitDelay = time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if reach, err = launch(cmd); err != nil {
		return nil, err
	}
	p.cmd, p.in, p.out = cmd, in, bufio.NewReaderSize(out, 64<<10)
	return reach, nil
}

// An apartness is how far programs can be set apart on a system.
type apartness struct {
	apart bool     // namespaces of their own can be had
	reach []string // what they can do nevertheless
	err   error    // why none can be started
}

// Reach says what outside programs can do on this system although they should not,
// as verbs: "reach the network". Nothing stands for set apart in full. No program is started with
// more than that.
func Reach() ([]string, error) {
	s := system()
	return s.reach, s.err
}

// exchange writes lines and reads the next one, within the time.
func (p *process) exchange(lines []byte, most time.Duration) ([]byte, error) {
	type answer struct {
		line []byte
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		if _, err := p.in.Write(lines); err != nil {
			done <- answer{nil, errEnded} // its end is gone
			return
		}
		line, err := readLine(p.out)
		done <- answer{line, err}
	}()
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.line, a.err
	case <-timer.C:
		p.end() // which ends the goroutine's reading and writing too
		return nil, fmt.Errorf("it did not answer within %v", most)
	}
}

var errEnded = errors.New("it ended without an answer")

// readLine reads a line of at most maxLine bytes.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, fmt.Errorf("its answer is longer than %d bytes", maxLine)
		case err == nil:
			return line, nil
		case errors.Is(err, io.EOF) && len(line) == 0, errors.Is(err, os.ErrClosed):
			return nil, errEnded
		case errors.Is(err, io.EOF):
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// end ends the program, and whatever it started, and removes its folder.
func (p *process) end() {
	p.once.Do(func() {
		p.in.Close()
		kill(p.cmd)
		p.cmd.Wait()
		p.remove()
	})
}

// complaint returns the last line that the program wrote to its standard error.
func (p *process) complaint() string {
	p.end() // so that everything has been said
	text := strings.TrimSpace(strings.ToValidUTF8(string(p.said.bytes()), ""))
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	return text
}

// A tail keeps the last bytes written to it.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

const maxTail = 2 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[max(0, len(b)-maxTail):]...)
	t.kept = t.kept[max(0, len(t.kept)-maxTail):]
	return len(b), nil
}

func (t *tail) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.kept)
}

// fields splits a command at spaces outside single or double quotes.
func fields(command string) ([]string, error) {
	var out []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, in = r, true
		case r == ' ' || r == '\t':
			if in {
				out = append(out, word.String())
				word.Reset()
				in = false
			}
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quotation mark in the command %s is not closed", command)
	}
	if in {
		out = append(out, word.String())
	}
	if len(out) == 0 || out[0] == "" {
		return nil, errors.New("the command is empty")
	}
	return out, nil
}
