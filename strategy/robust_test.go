package strategy

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/goodoffices/goodoffices/protocol"
)

// TestMakersInParallel plays the same sessions on many goroutines with the same makers:
// each seed plays as it does alone, file by file included.
func TestMakersInParallel(t *testing.T) {
	s := opposed(4, 2, 4, 5)
	set := &protocol.Setting{Space: s, Rounds: 16, StatusQuo: []int{2, 2, 2, 2}}
	for _, rules := range []protocol.Rules{protocol.AlternatingOffers{}, protocol.FileByFile{}} {
		first, err := protocol.New(set, rules)
		if err != nil {
			t.Fatal(err)
		}
		var makers []Maker
		for seat, spec := range []string{"random:floor=40", "micro"} {
			make, err := Prepare(spec, first.Self(protocol.Seat(seat), 0))
			if err != nil {
				t.Fatal(err)
			}
			makers = append(makers, make)
		}
		const sessions = 40
		run := func(m *protocol.Machine, seed uint64) string {
			var seats []protocol.Negotiator
			for seat, make := range makers {
				seats = append(seats, make(m.Self(protocol.Seat(seat), seed).Seed))
			}
			r, err := protocol.Play(m, seats, seed, nil)
			if err != nil {
				t.Error(err)
				return ""
			}
			return fmt.Sprint(r.Ended, r.Rounds, r.Agreement)
		}
		var alone, together [sessions]string
		for seed := range alone {
			alone[seed] = run(first, uint64(seed))
		}
		var wait sync.WaitGroup
		for worker := range 4 {
			wait.Go(func() {
				m, err := protocol.New(set, rules)
				if err != nil {
					t.Error(err)
					return
				}
				for seed := worker; seed < sessions; seed += 4 {
					together[seed] = run(m, uint64(seed))
				}
			})
		}
		wait.Wait()
		if alone != together {
			t.Errorf("%s: sessions on several goroutines differ", rules.Name())
		}
	}
}

// FuzzCheck: no spec makes the parser fail otherwise than by an error, and what it takes
// has only known values within their limits.
func FuzzCheck(f *testing.F) {
	for _, spec := range []string{"boulware", "boulware:e=0.1,k=0.2", "bluff(home(micro)):by=40", "outside:python3 'my file.py'", "((((", "random:floor=1e309", "leak(leak(leak(leak(leak(leak(leak(leak(linear))))))))"} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		p, err := parse(spec)
		if err != nil {
			return
		}
		for ; p != nil; p = p.inner {
			for name, v := range p.values {
				at := slices.IndexFunc(p.entry.Params, func(q Param) bool { return q.Name == name })
				if at < 0 || !(v >= p.entry.Params[at].Least && v <= p.entry.Params[at].Most) {
					t.Errorf("%q: %s = %v", spec, name, v)
				}
			}
			if (p.entry.Role == Wrapper) != (p.inner != nil) {
				t.Errorf("%q: %s wraps %v", spec, p.entry.Name, p.inner)
			}
		}
	})
}
