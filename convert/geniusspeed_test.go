package convert

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/outcome"
)

// wide returns a domain of n issues and a profile of them, each in one line. Strange profiles evaluate
// values that the domain lacks, so that worths are fractions with little in common.
func wide(n int, strange bool) (domain, profile string) {
	var d, p strings.Builder
	for i := range n {
		fmt.Fprintf(&d, `<issue index="%d" name="a%[1]d" type="discrete"><item index="1" value="x"/><item index="2" value="y"/></issue>`, i)
		fmt.Fprintf(&p, `<issue index="%d" name="a%[1]d" type="discrete"><item index="1" value="x" evaluation="%d"/><item index="2" value="y" evaluation="2"/>`, i, 1000+7*i)
		if strange {
			fmt.Fprintf(&p, `<item index="3" value="z" evaluation="%d"/>`, 1_000_000_000+2*i+1)
		}
		fmt.Fprintf(&p, `</issue><weight index="%d" value="%.9f"/>`, i, 1.5/float64(n))
	}
	return `<negotiation_template><objective>` + d.String() + `</objective></negotiation_template>`, `<utility_space><objective>` + p.String() + `</objective></utility_space>`
}

// TestGeniusWorkGrowsWithTheFile: four times the issues cost at most five times the allocations and bytes.
func TestGeniusWorkGrowsWithTheFile(t *testing.T) {
	for _, strange := range []bool{false, true} {
		cost := func(n int) (allocations, bytes uint64) {
			domain, profile := wide(n, strange)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := readText(t, domain, profile, profile); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
		}
		few, fewBytes := cost(1000)
		many, manyBytes := cost(4000)
		if many > 5*few || manyBytes > 5*fewBytes {
			t.Errorf("strange %v: from 1,000 to 4,000 issues, allocations grow from %d to %d and bytes from %d to %d", strange, few, many, fewBytes, manyBytes)
		}
	}
}

func TestGeniusBoundsIssues(t *testing.T) {
	domain, profile := wide(outcome.MaxIssues+1, false)
	if _, err := readText(t, domain, profile, profile); err == nil || !strings.Contains(err.Error(), "4097 issues, more than the limit of 4096") {
		t.Error(err)
	}
}

// TestGeniusBoundsWeights: functions within functions cannot make numbers without end.
func TestGeniusBoundsWeights(t *testing.T) {
	weight := `<ufun weight="0.` + strings.Repeat("3", 390) + `">`
	nested := `<utility_space type="nonlinear"><objective><issue index="1" name="a" type="integer" lowerbound="0" upperbound="9"/></objective><utility maxutility="1">` +
		strings.Repeat(weight, 50) + `<hyperRectangle utility="1"/>` + strings.Repeat(`</ufun>`, 50) + `</utility></utility_space>`
	if _, err := readText(t, nested, nested); err == nil || !strings.Contains(err.Error(), "multiply to a number of more than 4096 bits") {
		t.Error(err)
	}
}

// TestPlaces compares places in texts of long lines with counting from the beginning.
func TestPlaces(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var b strings.Builder
		for range rng.IntN(4 * charBlock) {
			if rng.IntN(500) == 0 {
				b.WriteByte('\n')
			} else {
				b.WriteString([]string{"a", "é", "€", "𝄞"}[rng.IntN(4)])
			}
		}
		text := b.String()
		d := newDocument("x", []byte(text))
		for range 50 {
			at := rng.IntN(len(text) + 1)
			for at < len(text) && !utf8.RuneStart(text[at]) {
				at--
			}
			line := strings.LastIndexByte(text[:at], '\n') + 1
			want := fmt.Sprintf("x:%d:%d", 1+strings.Count(text[:at], "\n"), 1+utf8.RuneCountInString(text[line:at]))
			if got := d.place(at); got != want {
				t.Fatalf("offset %d of %d is %s, want %s", at, len(text), got, want)
			}
		}
	}
}
