package transcript_test

import (
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/protocoltest"
	"github.com/goodoffices/goodoffices/protocol/transcript"
)

func FuzzTranscript(f *testing.F) {
	f.Add("goodoffices transcript 1\ncase: x\n\nround 1\np1 offer arms=all aid=10 border=old \"hm\"\np2 accept\n- ended: agreed\n")
	f.Add("goodoffices transcript 1\np1 disclose scale=2 no_deal=-3 arms=1/2/3 never=arms+aid:all+10,half+0\nmediator offer ... aid=20\ntimeout 3\nevent amend p1 \"x\"\np1 fails \"boo\"\np2 vote 1 2\np1 criticise no arms aid\np2 answer yes_if_others\n")
	f.Add("goodoffices transcript 1\n\"a b\" \"=\"=\"\\n\" x=\n")
	f.Add("0\n\"a\\nb\"")
	f.Add("goodoffices transcript 1\n\"a\\nb\"=x\n\"c\\nd\"\n")
	set := protocoltest.Talks(2)
	m, err := protocol.New(set, protocol.Shuttle{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tr, err := transcript.Parse("x", []byte(text))
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if !strings.HasPrefix(line, "x:") {
					t.Errorf("no place in %q", line)
				}
			}
			return
		}
		var once, twice strings.Builder
		if _, err := tr.WriteTo(&once); err != nil {
			t.Fatal(err)
		}
		again, err := transcript.Parse("x", []byte(once.String()))
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, once.String())
		}
		if _, err := again.WriteTo(&twice); err != nil {
			t.Fatal(err)
		}
		if once.String() != twice.String() {
			t.Fatalf("written twice:\n%s\n%s", once.String(), twice.String())
		}
		if len(text) < 10_000 && !strings.Contains(text, "timeout") {
			(&transcript.Replay{Session: protocol.Session{Machine: m, Seed: 1}}).Run(tr) // must not panic
		}
	})
}

func TestTranscriptProblems(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", `x:1:1: a transcript begins with the line "goodoffices transcript 1"`},
		{"goodoffices transcript 2\n", `x:1:1: a transcript begins with`},
		{"goodoffices transcript 1\nround zero\n", `x:2:7: "zero" is no number from 1 to 100000`},
		{"goodoffices transcript 1\np1\n", `x:2:1: p1 does what?`},
		{"goodoffices transcript 1\n\"a\\nb\"\n", `x:2:1: "a\nb" does what? A move is SEAT MOVE, as in: "a\nb" accept`},
		{"goodoffices transcript 1\n\"a\\nb\"=x\n", `x:2:1: a line begins with a seat, round, timeout or event, not with "a\nb"=`},
		{"goodoffices transcript 1\n  p1 offer arms=\n", `x:2:17: a value is missing after =`},
		{"goodoffices transcript 1\np1 offer \"open\n", `x:2:10: a text in quotes does not end`},
		{"goodoffices transcript 1\np1 offer arms=all\"x\"\n", `x:2:18: a space is missing`},
		{"goodoffices transcript 1\np1 offer \xff\n", `x:2:1: the line is not UTF-8 text`},
		{"goodoffices transcript 1\nround 0\ntimeout -1\n", "x:2:7: \"0\" is no number from 1 to 100000\nx:3:9: "},
	} {
		_, err := transcript.Parse("x", []byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

func TestReplayProblems(t *testing.T) {
	m, err := protocol.New(protocoltest.Talks(2), protocol.AlternatingOffers{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ line, want string }{
		{"p9 accept", `x:2:1: nobody is called "p9": at the table are p1, p2`},
		{"p1 agree", `x:2:1: "agree" is no move`},
		{"p1 offer arms=all", "x:2:1: the package does not settle aid"},
		{"p1 offer ... arms=all", "x:2:10: p1 has offered nothing before"},
		{"p1 offer arms=none aid=10 harbour=old border=old", `x:2:27: there is no issue "harbour"`},
		{"p1 offer arms=nine aid=10 border=old", `x:2:15: issue arms has no option "nine"`},
		{"p1 accept arms=all", "x:2:11: accept takes nothing"},
		{"p1 vote 65", "x:2:9: a vote names offers by number"},
		{"p1 answer maybe", "x:2:1: answer is followed by no, yes or yes_if_others"},
		{"event happen p1", `x:2:1: "happen" is no event`},
		{`event amend p1 "x"`, "x:2:1: nothing here can read the condition"},
		{"p1 disclose never=arms", "x:2:13: a red line is written"},
	} {
		tr, err := transcript.Parse("x", []byte("goodoffices transcript 1\n"+test.line+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (&transcript.Replay{Session: protocol.Session{Machine: m}}).Run(tr); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.line, err, test.want)
		}
	}
}
