//go:build numbered

package verify_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/verify"
	"github.com/goodoffices/goodoffices/verify/internal/fires"
)

// TestNumberedChecks writes the numbers of checks without which some changed certificate is accepted. See
// TestEveryCheckIsNeeded.
func TestNumberedChecks(t *testing.T) {
	checks, err := strconv.Atoi(os.Getenv("GOODOFFICES_CHECKS"))
	if err != nil {
		t.Fatal(err)
	}
	needed := map[int]bool{}
	try := func(accepts func() error) {
		fires.Skip, fires.Fired = 0, 0
		if err := accepts(); err == nil || fires.Fired == 0 {
			return
		}
		fires.Skip = fires.Fired
		defer func() {
			if recover() != nil { // the check keeps others from reading what is not there
				needed[fires.Skip] = true
			}
			fires.Skip = 0
		}()
		if !needed[fires.Skip] && accepts() == nil {
			needed[fires.Skip] = true
		}
	}
	r := rand.New(rand.NewPCG(71, 72))
	for _, c := range craft(t) {
		try(func() error { return checkAny(c.space, c.data) })
	}
	for round := range 12 { // refutations of some steps
		s := family(uint64(round), 2+round%2, 3, true, int64(1000+100*round))
		data := certificate(t, s)
		for range 100 {
			c, err := verify.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			tamperRefutation(r, c)
			changed := written(t, c)
			try(func() error { return checkAny(s, changed) })
		}
		if round == 0 {
			for _, text := range malformed(string(data)) {
				try(func() error { return checkAny(s, []byte(text)) })
			}
		}
	}
	_, _, data := troubled(t, r, 0)
	try(func() error { _, _, err := check(tabled([]int64{1}, []int64{1}), data); return err })
	kinds, diagnosisKinds := slices.Sorted(maps.Keys(forgeries)), slices.Sorted(maps.Keys(diagnosisForgeries))
	for round := 0; round < 300 && len(needed) < checks; round++ {
		if s := draw(r, round); s.Size().Cmp(big.NewInt(400)) <= 0 {
			truth, data := newTruth(s), certificate(t, s)
			for k := range 200 {
				c, err := verify.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				forgeries[kinds[k%len(kinds)]](r, truth, c)
				if r.IntN(8) > 0 {
					c.State()
				}
				changed := written(t, c)
				try(func() error { return checkAny(s, changed) })
			}
		}
		s, truth, data := troubled(t, r, round)
		for k := range 140 {
			_, c, err := verify.DecodeAny(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			diagnosisForgeries[diagnosisKinds[k%len(diagnosisKinds)]](r, truth, c)
			if r.IntN(8) > 0 {
				c.State()
			}
			changed := written(t, c)
			try(func() error { return checkAny(s, changed) })
		}
	}
	var list []string
	for n := range needed {
		list = append(list, fmt.Sprint(n))
	}
	if err := os.WriteFile(os.Getenv("GOODOFFICES_NEEDED"), []byte(strings.Join(list, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}
