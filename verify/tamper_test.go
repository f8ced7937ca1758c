package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

// A place is a part of a certificate that can be changed.
type place struct {
	path string
	v    reflect.Value
}

// places lists every number, text, list and optional part of a certificate.
func places(path string, v reflect.Value) []place {
	var all []place
	switch v.Kind() {
	case reflect.Pointer:
		all = append(all, place{path, v})
		if !v.IsNil() {
			all = append(all, places(path, v.Elem())...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, places(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
	case reflect.Slice:
		all = append(all, place{path, v})
		for i := range v.Len() {
			all = append(all, places(path+"[]", v.Index(i))...)
		}
	default:
		all = append(all, place{path, v})
	}
	return all
}

// tamper changes one place.
func tamper(r *rand.Rand, at place) {
	switch v := at.v; v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		} else {
			v.SetZero()
		}
	case reflect.Slice:
		switch n := v.Len(); {
		case n == 0 || r.IntN(5) == 0:
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		case r.IntN(3) == 0: // drop one
			i := r.IntN(n)
			v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, n)))
		case r.IntN(2) == 0: // repeat one
			v.Set(reflect.Append(v.Slice3(0, n, n), v.Index(r.IntN(n))))
		default:
			i, j := r.IntN(n), r.IntN(n)
			x, y := reflect.New(v.Type().Elem()).Elem(), reflect.New(v.Type().Elem()).Elem()
			x.Set(v.Index(i))
			y.Set(v.Index(j))
			v.Index(i).Set(y)
			v.Index(j).Set(x)
		}
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(v.Int() + int64(r.IntN(5)-2))
	case reflect.String:
		n, ok := new(big.Rat).SetString(v.String())
		if !ok {
			v.SetString([]string{"zone", "no_zone", "unknown", "", "0", "1", "-1"}[r.IntN(7)])
			return
		}
		switch r.IntN(4) {
		case 0:
			n.Add(n, big.NewRat(1, 1))
		case 1:
			n.Sub(n, big.NewRat(1, 1))
		case 2:
			n.SetInt64(0)
		default:
			n.Mul(n, big.NewRat(int64(r.IntN(5)-1), int64(1+r.IntN(2))))
		}
		v.SetString(n.RatString())
	}
}

// worsen puts another outcome into a claim, with everything that is said of it, and
// makes its refutations say that nothing is better.
func worsen(r *rand.Rand, t *truth, c *verify.Certificate) {
	if len(t.zone) == 0 {
		return
	}
	var from, ideal []*big.Rat
	for _, p := range c.Parties {
		from, ideal = append(from, rat(p.Disagreement)), append(ideal, rat(p.Ideal))
	}
	o := t.zone[r.IntN(len(t.zone))]
	u := t.utilities(o)
	p := r.IntN(len(c.Parties))
	if party := &c.Parties[p]; party.Best != nil && r.IntN(3) == 0 {
		party.Ideal = fmt.Sprint(u[p])
		put(t, party.Best, o, []*big.Rat{new(big.Rat).SetInt64(u[p])})
		for i := range party.Best.Refutations {
			if ref := &party.Best.Refutations[i]; ref.Sum != "" {
				ref.Sum = fmt.Sprint(u[p] + 1)
			}
		}
		return
	}
	names, list := solutionClaims(c)
	if len(list) == 0 {
		return
	}
	k := r.IntN(len(list))
	claim := list[k]
	put(t, claim, o, t.value(names[k], u, from, ideal))
	for i := range claim.Refutations {
		ref := &claim.Refutations[i]
		if ref.Product != "" {
			product := big.NewInt(1)
			for _, q := range ref.Gaining {
				product.Mul(product, new(big.Int).Sub(big.NewInt(u[q]), from[q].Num()))
			}
			ref.Product = product.Abs(product).String()
			for z := range ref.Roots {
				ref.Roots[z] = "0"
			}
		}
		for q := range ref.Floors {
			if ref.Floors[q] != "" && r.IntN(2) == 0 {
				ref.Floors[q] = fmt.Sprint(u[q] + int64(r.IntN(2)))
			}
		}
		if ref.Sum != "" {
			sum := new(big.Int)
			for q, w := range ref.Objective {
				sum.Add(sum, new(big.Int).Mul(rat(w).Num(), big.NewInt(u[q])))
			}
			ref.Sum = sum.Add(sum, big.NewInt(1)).String()
		}
	}
}

// Whatever is changed in a certificate, it is refused or still true.
func TestTamperedCertificates(t *testing.T) {
	r := rand.New(rand.NewPCG(91, 92))
	tampered, accepted := map[string]int{}, map[string]int{}
	kinds := slices.Sorted(maps.Keys(forgeries))
	for round := range trials.Of(300, 3000) {
		s := draw(r, round)
		if n, _ := s.Count(); n > 400 {
			continue
		}
		truth := newTruth(s)
		data := certificate(t, s)
		for k := range 80 {
			c, err := verify.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			kind := kinds[k%len(kinds)]
			forgeries[kind](r, truth, c)
			if r.IntN(8) > 0 {
				c.State()
			}
			changed := written(t, c)
			if bytes.Equal(changed, data) {
				continue
			}
			tampered[kind]++
			c, _, err = check(s, changed)
			if err != nil {
				continue
			}
			accepted[kind]++
			if lie := truth.lie(c); lie != "" {
				t.Fatalf("round %d: %s, and %s is not so\n%s\n%s", round, kind, lie, data, changed)
			}
		}
	}
	t.Logf("changed %v, of which still true %v", tampered, accepted)
	for kind := range forgeries {
		if tampered[kind] < trials.Of(60, 600) || accepted[kind] == tampered[kind] {
			t.Errorf("%s: %d tried, %d true: the test compares too little", kind, tampered[kind], accepted[kind])
		}
	}
}

// What a certificate holds is refused for the right reason.
func TestRefusalSaysWhy(t *testing.T) {
	s := family(5, 3, 5, true, 3500)
	other := family(6, 3, 5, true, 3500)
	data := certificate(t, s)
	for _, test := range []struct {
		claim, why string
		space      *outcome.Space
		change     func(c *verify.Certificate)
	}{
		{"space", "other numbers", other, func(c *verify.Certificate) {}},
		{"space", "other numbers", s, func(c *verify.Certificate) { c.Space = strings.Repeat("0", 64) }},
		{"outcomes", "100000", s, func(c *verify.Certificate) { c.Outcomes = "100001" }},
		{"witness", "not in the zone", s, func(c *verify.Certificate) { c.Witness = make([]int, 5) }},
		{"witness", "option 10", s, func(c *verify.Certificate) { c.Witness[0] = 10 }},
		{"party p1", "no-deal value is 3500", s, func(c *verify.Certificate) { c.Parties[1].Disagreement = "3499" }},
		{"party p2", "nothing shows", s, func(c *verify.Certificate) { c.Parties[2].Best.Refutations = nil }},
		{"nash", "number 2 of the value", s, func(c *verify.Certificate) { c.Solutions.Nash.Value[1] = "1" }},
		{"nash", "steps are missing", s, func(c *verify.Certificate) {
			r := &c.Solutions.Nash.Refutations[0]
			r.Steps = r.Steps[:len(r.Steps)-1]
		}},
		{"nash", "left over", s, func(c *verify.Certificate) {
			r := &c.Solutions.Nash.Refutations[0]
			r.Steps = append(r.Steps, verify.Step{})
		}},
		{"nash", "below 0", s, func(c *verify.Certificate) { c.Solutions.Nash.Refutations[0].Vectors[0][0] = "-1" }},
		{"nash", "root is too large", s, func(c *verify.Certificate) { c.Solutions.Nash.Refutations[0].Roots[0] += "0" }},
		{"nash", "is not refuted", s, func(c *verify.Certificate) {
			for _, y := range c.Solutions.Nash.Refutations[0].Vectors {
				clear(y)
				for j := range y {
					y[j] = "0"
				}
			}
			for z := range c.Solutions.Nash.Refutations[0].Roots {
				c.Solutions.Nash.Refutations[0].Roots[z] = "0"
			}
		}},
		{"kalai_smorodinsky", "nothing shows", s, func(c *verify.Certificate) {
			k := c.Solutions.KalaiSmorodinsky
			k.Refutations = k.Refutations[1:]
		}},
		{"verdict", "does not go with", s, func(c *verify.Certificate) { c.Verdict = "no_zone"; c.State() }},
		{"proves", "it proves verdict", s, func(c *verify.Certificate) { c.Proves = "everything" }},
		{"method", "none", s, func(c *verify.Certificate) { c.Method = "faith" }},
	} {
		c, err := verify.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		test.change(c)
		_, err = verify.Check(context.Background(), test.space, c)
		var refusal *verify.Refusal
		if !errors.As(err, &refusal) || refusal.Claim != test.claim || !strings.Contains(err.Error(), test.why) {
			t.Errorf("got %v, want %s: …%s…", err, test.claim, test.why)
		}
	}
}

// Hostile certificates end soon, in an error.
func TestHostileCertificates(t *testing.T) {
	s := family(5, 3, 5, true, 3500)
	data := certificate(t, s)
	zero := 0
	for name, change := range map[string]func(c *verify.Certificate){
		"huge multipliers": func(c *verify.Certificate) {
			for _, y := range c.Solutions.Nash.Refutations[0].Vectors {
				y[0] = strings.Repeat("9", 5000)
			}
		},
		"endless chain": func(c *verify.Certificate) {
			c.Solutions.Nash.Refutations[0].Steps = slices.Repeat([]verify.Step{{Vector: &zero, Chain: true}}, 200_000)
		},
		"endless splits": func(c *verify.Certificate) {
			c.Solutions.Nash.Refutations[0].Steps = slices.Repeat([]verify.Step{{Split: &zero, Keep: []int{0}}}, 200_000)
		},
		"splits of everything else": func(c *verify.Certificate) {
			c.Solutions.Nash.Refutations[0].Steps = slices.Repeat([]verify.Step{{Vector: &zero, Split: &zero, Keep: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}}}, 200_000)
		},
		"many refutations": func(c *verify.Certificate) {
			k := c.Solutions.KalaiSmorodinsky
			k.Refutations = slices.Repeat(k.Refutations[:1], 10_000)
		},
		"a root of many digits": func(c *verify.Certificate) { c.Solutions.Nash.Refutations[0].Roots[0] = strings.Repeat("9", 2000) },
		"a bound of many digits": func(c *verify.Certificate) {
			c.Solutions.Nash.Proven, c.Solutions.Nash.Bound = 1, "1/"+strings.Repeat("9", 1999)
		},
		"an outcome too long": func(c *verify.Certificate) { c.Solutions.Nash.Outcome = make([]int, 1<<20) },
		"values too many":     func(c *verify.Certificate) { c.Solutions.Nash.Value = slices.Repeat([]string{"1"}, 1<<20) },
		"parties too many":    func(c *verify.Certificate) { c.Parties = slices.Repeat(c.Parties[:1], 1<<10) },
		"no party":            func(c *verify.Certificate) { c.Parties = nil },
		"an empty claim":      func(c *verify.Certificate) { c.Solutions.Egalitarian = &verify.Claim{} },
		"an empty party":      func(c *verify.Certificate) { c.Parties[0] = verify.PartyClaim{} },
		"an empty refutation": func(c *verify.Certificate) { c.Solutions.Nash.Refutations[0] = verify.Refutation{} },
		"a frontier below size 0": func(c *verify.Certificate) {
			c.Frontier = &verify.FrontierClaim{Size: -1}
		},
		"a product of gains before there are any": func(c *verify.Certificate) {
			c.Parties[0].Best.Refutations = slices.Repeat(c.Solutions.Nash.Refutations, 2)
		},
		"gaining parties that are none": func(c *verify.Certificate) { c.Solutions.Nash.Refutations[0].Gaining = []int{-1, 70} },
	} {
		c, err := verify.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		change(c)
		start := time.Now()
		if _, _, err := check(s, written(t, c)); err == nil {
			t.Errorf("%s: passes", name)
		} else {
			t.Logf("%s: %v in %v", name, err, time.Since(start).Round(time.Millisecond))
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c, err := verify.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.Check(ctx, s, c); !errors.Is(err, context.Canceled) {
		t.Errorf("a check whose context has ended: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	data := string(certificate(t, family(5, 2, 4, false, 3000)))
	if _, err := verify.Decode(strings.NewReader(strings.ReplaceAll(data, `,"`, ",\n  \""))); err != nil {
		t.Errorf("white space: %v", err)
	}
	texts := malformed(data)
	texts["another version"] = strings.Replace(data, `"goodoffices_certificate":2`, `"goodoffices_certificate":1`, 1)
	for name, text := range texts {
		if _, err := verify.Decode(strings.NewReader(text)); err == nil {
			t.Errorf("%s: decoded", name)
		}
	}
}

// Whatever a certificate says, what is accepted is so.
func FuzzDecodeAndCheck(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 2))
	spaces := []*outcome.Space{family(5, 2, 2, false, 3000), family(7, 3, 2, true, 5500), draw(r, 1), noGain(), refusedTwin()}
	for len(spaces) < 9 { // consent rules, red lines, parties without a no-deal value
		if s := draw(r, 1+2*len(spaces)); len(newTruth(s).zone) > 0 {
			spaces = append(spaces, s)
		}
	}
	var truths []*truth
	for _, s := range spaces {
		truths = append(truths, newTruth(s))
		data := certificate(f, s)
		f.Add(data)
		for _, kind := range slices.Sorted(maps.Keys(forgeries)) {
			c, err := verify.Decode(bytes.NewReader(data))
			if err != nil {
				f.Fatal(err)
			}
			forgeries[kind](r, truths[len(truths)-1], c)
			c.State()
			f.Add(written(f, c))
		}
	}
	for _, c := range craft(f) {
		f.Add(c.data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for i, s := range spaces {
			if c, _, err := check(s, data); err == nil {
				if lie := truths[i].lie(c); lie != "" {
					t.Errorf("%s is not so", lie)
				}
			}
		}
	})
}

// noGain returns a space in which no party can have more than its no-deal value.
func noGain() *outcome.Space {
	return &outcome.Space{
		Issues: []outcome.Issue{{ID: "a", Options: 2}},
		Parties: []outcome.Party{
			{Row: outcome.Row{ID: "left", Scale: 1, Scores: [][]int64{{5, 0}}, Threshold: outcome.Threshold{Value: 5, Set: true}}},
			{Row: outcome.Row{ID: "right", Scale: 1, Scores: [][]int64{{5, 9}}, Threshold: outcome.Threshold{Value: 5, Set: true}}},
		},
	}
}

// refusedTwin returns a space, in which two of three parties decide, with two packages of equal utilities, of
// which the third party refuses one.
func refusedTwin() *outcome.Space {
	s := &outcome.Space{Issues: []outcome.Issue{{ID: "a", Options: 3}}}
	for p, last := range []int64{0, 9, 3} {
		s.Parties = append(s.Parties, outcome.Party{Row: outcome.Row{ID: fmt.Sprint("p", p), Scale: 1, Scores: [][]int64{{5, 5, last}}, Threshold: outcome.Threshold{Value: 1, Set: true}}})
	}
	never, err := outcome.NewTable(s.Issues, []int{0}, func(o []int) bool { return o[0] == 1 })
	if err != nil {
		panic(err) // one issue of three options
	}
	s.Parties[2].RedLines = []outcome.Condition{{ID: "p2.red_lines.y", Kind: outcome.RedLine, Forbidden: never}}
	s.Consent = outcome.CountOf(0b111, outcome.AtLeast, 2)
	return s
}
