package outside_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/protocoltest"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/strategy/outside"
)

// python skips the test where there is no python3.
func python(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed")
	}
}

// protocols are those under which the documented example plays.
var protocols = []protocol.Rules{
	protocol.AlternatingOffers{}, protocol.Voting{}, protocol.SingleText{}, protocol.Shuttle{}, protocol.FileByFile{},
	protocol.FileByFile{Files: [][]int{{1, 2}, {0}}, Reopen: true},
	protocol.IndirectThenDirect{Indirect: protocol.Shuttle{}, Direct: protocol.AlternatingOffers{}, After: 4},
}

// table is a setting in which nothing ends the talks but the parties and a deadline.
func table() *protocol.Setting {
	set := protocoltest.Talks(2)
	set.Rounds, set.Breakdown, set.Preconditions, set.Events = 12, 0, nil, nil
	return set
}

const example = "outside:python3 ../../docs/examples/linear.py"

func closing(t *testing.T, spec string, self protocol.Self) protocol.Negotiator {
	t.Helper()
	n, err := strategy.New(spec, self)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.(io.Closer).Close() })
	return n
}

// TestExampleInPython plays the documented example under every protocol against one of
// our own: nothing that it does is refused, and it agrees to nothing that it may not.
func TestExampleInPython(t *testing.T) {
	python(t)
	for _, rules := range protocols {
		set := table()
		m, err := protocol.New(set, rules)
		if err != nil {
			t.Fatal(err)
		}
		seats := []protocol.Negotiator{closing(t, example, m.Self(0, 1)), nil}
		if seats[1], err = strategy.New("linear", m.Self(1, 1)); err != nil {
			t.Fatal(err)
		}
		if rules.Mediated() {
			mediator, err := strategy.New("nash", m.Self(2, 1))
			if err != nil {
				t.Fatal(err)
			}
			seats = append(seats, mediator)
		}
		offers := 0
		result, err := protocol.Play(m, seats, 1, func(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
			if from == 0 && move != nil && move.Kind == protocol.Offer {
				offers++
			}
			for _, e := range effects {
				if e.Seat == 0 && (e.Kind == protocol.Refuse || e.Kind == protocol.Fault) {
					t.Errorf("%s, round %d: %s", rules.Name(), e.Round, e.Reason)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if result.Ended == protocol.Walkout {
			t.Errorf("%s: %s", rules.Name(), result.Reason)
		}
		if o := result.Agreement; o != nil && !set.Space.Parties[0].Accepts(o) {
			t.Errorf("%s: it agreed to %v, which it does not accept", rules.Name(), o)
		}
		if rules.Name() == "alternating_offers" && offers == 0 {
			t.Error("it offered nothing")
		}
	}
}

// TestHostilePrograms lets programs misbehave: each leaves the table, with the reason in
// its last words, and leaves no process behind.
func TestHostilePrograms(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	read := "while read line; do case \"$line\" in *'\"ask\"'*) "
	for name, c := range map[string]struct{ script, reason string }{
		"ends":            {"exit 3", "it ended without an answer"},
		"complains":       {"echo 'no licence' >&2; exit 1", "It said: no licence"},
		"no json":         {read + "echo hello;; esac; done", "its answer is no move"},
		"unknown move":    {read + "echo '{\"move\":\"shout\"}';; esac; done", `the move "shout"`},
		"unknown field":   {read + "echo '{\"move\":\"accept\",\"bribe\":1}';; esac; done", `unknown field "bribe"`},
		"huge line":       {"yes | tr -d '\\n'", "its answer is longer than"},
		"negative vote":   {read + "echo '{\"move\":\"vote\",\"votes\":[-1]}';; esac; done", "position -1"},
		"huge disclosure": {read + "echo '{\"move\":\"disclose\",\"disclosure\":{\"scale\":1,\"never\":[{\"issues\":[9],\"options\":[]}]}}';; esac; done", "its red lines"},
		"two answers":     {read + "echo '{\"move\":\"leave\"} {\"move\":\"leave\"}';; esac; done", "more follows in the line"},
	} {
		t.Run(name, func(t *testing.T) {
			script := filepath.Join(t.TempDir(), "program.sh")
			if err := os.WriteFile(script, []byte(c.script), 0o600); err != nil {
				t.Fatal(err)
			}
			m, err := protocol.New(table(), protocol.AlternatingOffers{})
			if err != nil {
				t.Fatal(err)
			}
			hostile := closing(t, "outside:sh "+script, m.Self(0, 1))
			other, err := strategy.New("boulware", m.Self(1, 1))
			if err != nil {
				t.Fatal(err)
			}
			var said string
			result, err := protocol.Play(m, []protocol.Negotiator{hostile, other}, 1, func(_ protocol.Seat, move *protocol.Move, _ []protocol.Effect) {
				if move != nil && move.Kind == protocol.Leave {
					said = move.Text
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if result.Ended != protocol.Walkout || result.By != 0 || !strings.Contains(said, c.reason) {
				t.Errorf("ended %s by seat %d, saying %q; want a walkout of seat 0 for %q", result.Ended, result.By, said, c.reason)
			}
		})
	}
}

// TestOutsideIsSetApart lets a program say what it sees: nothing of our environment, an
// empty folder of its own, and on Linux, where the kernel allows it, no network.
func TestOutsideIsSetApart(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	t.Setenv("GOODOFFICES_SECRET", "secret")
	script := filepath.Join(t.TempDir(), "program.sh")
	if err := os.WriteFile(script, []byte(`{ env | grep -c SECRET; ls | wc -l; pwd; } | tr '\n' ' ' >&2; sleep 100 & exit 1`), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := protocol.New(table(), protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	n := closing(t, "outside:sh "+script, m.Self(0, 1))
	began := time.Now()
	move := n.Move(m.View(0))
	_, said, ok := strings.Cut(move.Text, "It said: 0 0 ")
	if !ok {
		t.Fatalf("it says %q", move.Text)
	}
	if _, err := os.Stat(strings.TrimSpace(said)); !os.IsNotExist(err) {
		t.Errorf("its folder %s is still there: %v", said, err)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Logf("it took %v to end a program that left another behind", d)
	}
}

// TestOutsideWritesNowhere lets a program try what it may not, on systems that say that it
// cannot: write beyond its folder, change permissions, see other processes.
func TestOutsideWritesNowhere(t *testing.T) {
	reach, err := outside.Reach()
	if err != nil {
		t.Fatal(err)
	}
	if len(reach) > 0 {
		t.Skip("programs are not set apart in full here: they can ", strings.Join(reach, ", "))
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "program.sh")
	text := `cd "$HOME" && echo x >own && rm own || echo "no folder of its own" >&2
		echo x >'` + dir + `/written' && echo wrote >&2
		chmod 777 '` + script + `' 2>/dev/null && echo changed >&2
		[ $(ls /proc | grep -c '^[0-9]') -lt 8 ] || echo crowded >&2
		echo done >&2; exit 1`
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := protocol.New(table(), protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	n := closing(t, "outside:sh -e -c 'sh "+script+" 2>&1 | grep -v -i read-only | tr \"\\n\" \" \" >&2'", m.Self(0, 1))
	if move := n.Move(m.View(0)); !strings.HasSuffix(move.Text, "It said: done") {
		t.Errorf("it says %q", move.Text)
	}
	if _, err := os.Stat(filepath.Join(dir, "written")); !os.IsNotExist(err) {
		t.Errorf("it wrote beyond its folder: %v", err)
	}
}

// TestCloseEndsTheWait closes a negotiator whose program says nothing for half a minute.
func TestCloseEndsTheWait(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no sleep")
	}
	m, err := protocol.New(table(), protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	n := closing(t, "outside:sleep 1000", m.Self(0, 1))
	ctx, cancel := context.WithCancel(t.Context())
	defer context.AfterFunc(ctx, protocol.Session{Negotiators: []protocol.Negotiator{n}}.Close)()
	said := make(chan string)
	go func() { said <- n.Move(m.View(0)).Text }()
	time.Sleep(100 * time.Millisecond)
	cancel()
	if text := <-said; !strings.Contains(text, "it ended without an answer") {
		t.Errorf("it says %q", text)
	}
	if move := n.Move(m.View(0)); move.Kind != protocol.Leave {
		t.Errorf("after that it makes the move %s", move.Kind)
	}
}
