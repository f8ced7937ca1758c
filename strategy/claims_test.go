package strategy

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/fixed"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
)

// One test for each claim of the sources, named after the strategy. A lone party sits with
// its own scores; offers of the other side are made up.

// sit makes a strategy's tactic over an additive space of four issues of five options.
func sit(t *testing.T, spec string, change ...func(self *protocol.Self)) (*party, *ranking) {
	t.Helper()
	self := protocol.Self{Parties: 2, Seats: 2, Space: opposed(3, 1, 4, 5), Rounds: 100, Discount: 1}
	for _, c := range change {
		c(&self)
	}
	r, err := new(Rankings).of(self)
	if err != nil {
		t.Fatal(err)
	}
	make, err := r.prepare(spec)
	if err != nil {
		t.Fatal(err)
	}
	p := make(1).(*party)
	p.rounds = self.Rounds
	return p, r
}

// offered is the other side's offer of an outcome.
func (p *party) offered(o outcome.Outcome) heard {
	u, may := p.Value(o)
	h := heard{1, o, u, may}
	if p.listener != nil {
		p.hear(&p.state, h)
	}
	p.fresh = false
	return h
}

// upTo returns what the strategy would offer in each round, were it to hear nothing.
func (p *party) upTo(rounds int) []int64 {
	var u []int64
	for round := range rounds {
		p.round, p.fresh = round+1, false
		u = append(u, p.upcoming())
	}
	return u
}

// Faratin, Sierra and Jennings 1998, sec. 4.2: offers begin at k and reach the reservation
// value at the deadline; a Boulware agent concedes less than a linear one until then, a
// conceder more.
func TestTimeDependent(t *testing.T) {
	offers := map[string][]int64{}
	for _, spec := range []string{"boulware", "linear", "conceder", "exponential:k=0.001,beta=1"} {
		p, r := sit(t, spec)
		u := p.upTo(100)
		offers[spec] = u
		if u[99] != r.floor || !slices.IsSortedFunc(u, func(a, b int64) int { return int(b - a) }) {
			t.Errorf("%s: ends at %d, floor %d; %v", spec, u[99], r.floor, u)
		}
		if spec != "exponential:k=0.001,beta=1" && u[0] != r.best {
			t.Errorf("%s: begins at %d, best %d", spec, u[0], r.best)
		}
	}
	for i := range 100 {
		if b, l, c := offers["boulware"][i], offers["linear"][i], offers["conceder"][i]; b < l || l < c {
			t.Errorf("round %d: boulware asks for %d, linear %d, conceder %d", i+1, b, l, c)
		}
	}
	p, r := sit(t, "linear:k=0.5")
	if u := p.upTo(1)[0]; u < r.part(fixed.One/2) || u > r.part(fixed.One/2)+30 {
		t.Errorf("with k of 0.5 it begins at %d, half way is %d", u, r.part(fixed.One/2))
	}
	// The curve itself: t^(1/e) at t = 1/2.
	for e, want := range map[float64]float64{0.2: math.Pow(0.5, 5), 1: 0.5, 2: math.Sqrt(0.5)} {
		if got := float64(newConcession(r, e, 0).share(51, 101)) / fixed.One; math.Abs(got-want) > 1e-8 {
			t.Errorf("e = %v: %v conceded half way, want %v", e, got, want)
		}
	}
}

// Faratin, Sierra and Jennings 1998, sec. 4.3: the less of the resource is left, the
// faster a party concedes: here the rounds that are left.
func TestResource(t *testing.T) {
	p, r := sit(t, "resource")
	u := p.upTo(100)
	if u[0] != r.best || u[50] != r.best || u[99] != r.floor {
		t.Errorf("offers are worth %d, %d and %d; best %d, floor %d", u[0], u[50], u[99], r.best, r.floor)
	}
}

// Faratin, Sierra and Jennings 1998, sec. 4.4: the three formulas, in shares of the way from
// no deal to the best.
func TestTitForTatFormulas(t *testing.T) {
	at := func(x float64) uint64 { return fixed.Of(x) }
	for _, c := range []struct {
		rule           func(x, before, now uint64) uint64
		x, before, now float64
		want           float64
	}{
		{relative, 1, 0.4, 0.5, 0.8},
		{relative, 0.5, 0.2, 0.4, 0.25},
		{relative, 0.5, 0.4, 0.2, 1}, // they took back as much: so does it
		{relative, 0.7, 0.3, 0.3, 0.7},
		{relative, 0.7, 0, 0, 0.7},
		{absolute, 1, 0.4, 0.5, 0.9},
		{absolute, 0.2, 0.1, 0.6, 0}, // never below no deal
		{absolute, 0.9, 0.6, 0.2, 1}, // never above the best
	} {
		if got := float64(c.rule(at(c.x), at(c.before), at(c.now))) / fixed.One; math.Abs(got-c.want) > 1e-8 {
			t.Errorf("from %v after %v then %v: %v, want %v", c.x, c.before, c.now, got, c.want)
		}
	}
	// Averaged over a window of two: what counts is the change since two offers before.
	p, r := sit(t, "tft-averaged:window=2")
	p.round = 1
	low, middle, high := r.Len()-1, r.Len()/2, r.Len()/4
	for _, position := range []int{middle, low, high} {
		o, _ := r.At(make(outcome.Outcome, 4), position)
		p.offered(o)
	}
	target := p.tactic.(*imitation).target
	first := relative(fixed.One, r.gained(r.Utility[middle]), r.gained(r.Utility[low]))
	if want := relative(first, r.gained(r.Utility[middle]), r.gained(r.Utility[high])); target != want {
		t.Errorf("target is %d, want %d", target, want)
	}
}

// Baarslag, Hindriks and Jonker 2013: it concedes in answer to concessions only, never
// beyond the estimated Nash package, and meets that when the other side has come to it.
func TestNiceTitForTat(t *testing.T) {
	p, r := sit(t, "tft-nice")
	p.round = 1
	if u := p.upcoming(); u != r.best {
		t.Errorf("it begins at %d, best %d", u, r.best)
	}
	worst, _ := r.At(make(outcome.Outcome, 4), r.Len()-1)
	p.offered(worst)
	p.offered(slices.Clone(worst))
	p.round = 90
	firm := p.upcoming()
	n := p.tactic.(*nice)
	nash := n.menu.At(nashOf(n.menu.Len(), n.menu.At, r.floor, 0))[0]
	if firm < nash {
		t.Errorf("against a side that never moves it offers %d in round 90, beyond the Nash package at %d", firm, nash)
	}
	p.offered(r.bestOutcome)
	if u := p.upcoming(); u < nash || u >= firm {
		t.Errorf("after the other side has come all the way it offers %d; before %d, estimated Nash %d", u, firm, nash)
	}
}

// De Jonge 2022, sec. 4: never more than one more different offer than received; new offers
// in falling order of utility; repeats where it would not concede; accepts what is worth
// its least offer, the one it is about to make included.
func TestMiCRO(t *testing.T) {
	p, r := sit(t, "micro")
	rng := rand.New(rand.NewPCG(1, 1))
	made, received := map[int64]bool{}, map[int]bool{}
	least := int64(math.MaxInt64)
	for round := range 80 {
		p.round, p.fresh = round+1, false
		if round > 0 {
			at := rng.IntN(12) + r.Len() - 12
			received[at] = true
			o, _ := r.At(make(outcome.Outcome, 4), at)
			p.offered(o)
			concedes := len(made) <= len(received)
			want := least
			if concedes {
				want = r.Utility[len(made)]
			}
			if !p.accepts(&p.state, heard{u: want, may: true}, 0) || p.accepts(&p.state, heard{u: want - 1, may: true}, 0) {
				t.Fatalf("round %d: it does not accept from %d on", round+1, want)
			}
		}
		before := len(made)
		o := p.send()
		rank := int64(r.Encode(o))
		made[rank] = true
		u, _ := r.Value(o)
		if len(made) > before {
			if u > least {
				t.Fatalf("round %d: a new offer is worth %d, more than %d", round+1, u, least)
			}
			least = u
		}
		if len(made) > len(received)+1 {
			t.Fatalf("round %d: %d offers made, %d received", round+1, len(made), len(received))
		}
	}
	if len(made) != len(received)+1 {
		t.Errorf("%d offers made, %d received", len(made), len(received))
	}
}

// A hard-liner insists on its best.
func TestHardliner(t *testing.T) {
	p, r := sit(t, "hardliner")
	for _, u := range p.upTo(100) {
		if u != r.best {
			t.Fatalf("it offers %d, best %d", u, r.best)
		}
	}
}

// Random and crazyhaggler draw each outcome above the floor alike: over many draws the
// shares of the halves of that range agree.
func TestRandomIsEven(t *testing.T) {
	p, r := sit(t, "random:floor=60")
	floor := r.percent(60)
	n := r.Lowest(floor) + 1
	low := 0
	const draws = 20000
	for range draws {
		p.fresh = false
		if u := p.upcoming(); u < floor {
			t.Fatalf("it offers %d, floor %d", u, floor)
		}
		if p.bid.position >= n/2 {
			low++
		}
	}
	want := float64(n-n/2) / float64(n)
	if got := float64(low) / draws; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/draws) {
		t.Errorf("%.3f of the draws are from the lower half, want %.3f", got, want)
	}
	if !p.accepts(&p.state, heard{u: floor, may: true}, r.best) || p.accepts(&p.state, heard{u: floor - 1, may: true}, r.floor) {
		t.Errorf("it does not accept from its floor on")
	}
	crazy, _ := sit(t, "crazyhaggler")
	if floor := r.percent(90); crazy.upcoming() < floor {
		t.Errorf("crazyhaggler offers %d, below %d", crazy.upcoming(), floor)
	}
}

// Faratin, Sierra and Jennings 2002: the offer made is, of those worth the aspiration, the
// most similar to the other side's last; aspiration falls when that brings nothing.
func TestTradeOff(t *testing.T) {
	p, r := sit(t, "tradeoff:step=20")
	p.round = 1
	worst, _ := r.At(make(outcome.Outcome, 4), r.Len()-1)
	p.offered(worst)
	if u := p.upcoming(); u != r.best {
		t.Errorf("after the first offer it asks for %d, best %d", u, r.best)
	}
	p.offered(slices.Clone(worst)) // a deadlock
	target := r.part(fixed.Of(0.2))
	u, b := p.upcoming(), p.bid
	alike := func(o outcome.Outcome) (n int) {
		for i := range o {
			if o[i] == worst[i] {
				n++
			}
		}
		return n
	}
	most := 0
	o := make(outcome.Outcome, 4)
	for i := range r.Len() {
		if r.At(o, i); r.Utility[i] >= target {
			most = max(most, alike(o))
		}
	}
	if u < target || alike(b.outcome) != most {
		t.Errorf("it offers %v, worth %d and alike on %d issues; want at least %d and %d issues", b.outcome, u, alike(b.outcome), target, most)
	}
}

// Rosenschein and Zlotkin 1994: who can bear less risk concedes, and just enough that the
// other side's turn comes.
func TestZeuthen(t *testing.T) {
	p, r := sit(t, "zeuthen")
	p.round = 1
	worst, _ := r.At(make(outcome.Outcome, 4), r.Len()-1)
	p.offered(worst)
	z := p.tactic.(*zeuthen)
	first := p.upcoming()
	risk := func(point int) (own, other float64) {
		u, row := z.menu.At(point), z.Row()
		wanted, least := float64(row.Value(z.received.outcome)), float64(z.menu.At(0)[1])
		own = (float64(u[0]) - float64(max(z.received.u, r.floor))) / max(1, float64(u[0]-r.floor))
		other = (wanted - float64(u[1])) / max(1, wanted-least)
		return own, other
	}
	if own, other := risk(z.point); own <= other && z.point+1 < z.menu.Len() {
		t.Errorf("it stops at an offer at which it can bear %.3f, the other side %.3f", own, other)
	}
	if z.point > 0 {
		if own, other := risk(z.point - 1); own > other {
			t.Errorf("it concedes more than it needs: before it could bear %.3f, the other side %.3f", own, other)
		}
	}
	// An offer of the other side that is better for it lowers what it can bear: it concedes on.
	better, _ := r.At(make(outcome.Outcome, 4), r.Len()/3)
	p.offered(better)
	if u := p.upcoming(); u > first {
		t.Errorf("after a better offer it asks for %d, before %d", u, first)
	}
}

// Van Krimpen, Looije and Hajizadeh 2013: the other side's best offer is given back once it
// meets the target.
func TestHardHeaded(t *testing.T) {
	p, r := sit(t, "hardheaded")
	p.round = 1
	o, u := r.At(make(outcome.Outcome, 4), r.Len()/2)
	p.offered(o)
	p.round = 2
	if next := p.upcoming(); next < u || slices.Equal(p.bid.outcome, o) {
		t.Errorf("in round 2 it gives back an offer below its target")
	}
	p.round, p.fresh = 100, false
	if p.upcoming(); !slices.Equal(p.bid.outcome, o) {
		t.Errorf("in the last round it offers %v, want their best %v", p.bid.outcome, o)
	}
	// It is firmer than boulware.
	if a, b := newConcession(r, 0.05, 0), newConcession(r, 0.2, 0); a.share(90, 100) >= b.share(90, 100) {
		t.Errorf("it has conceded %d in round 90, boulware %d", a.share(90, 100), b.share(90, 100))
	}
}

// Kawaguchi, Fujita and Ito 2011: at the deadline it asks for the estimated maximum,
// emax = mean + (1 - mean)·deviation.
func TestAgentK(t *testing.T) {
	p, r := sit(t, "agentk")
	k := p.tactic.(*agentK)
	var sum, squares float64
	for _, at := range []int{r.Len() - 1, r.Len() / 2, r.Len() / 3} {
		o, u := r.At(make(outcome.Outcome, 4), at)
		p.offered(o)
		g := float64(r.gained(u)) / fixed.One
		sum += g / 3
		squares += g * g / 3
	}
	want := sum + (1-sum)*min(1, math.Sqrt(12*(squares-sum*sum)))
	if got := float64(k.most()) / fixed.One; math.Abs(got-want) > 1e-4 {
		t.Errorf("emax is %v, want %v", got, want)
	}
	p.round = 100
	if got := float64(k.target(&p.state)) / fixed.One; math.Abs(got-want) > 1e-4 {
		t.Errorf("at the deadline it asks for %v, want emax %v", got, want)
	}
	p.round = 1
	if k.target(&p.state) != fixed.One {
		t.Errorf("at first it asks for less than its best")
	}
	// The score t^5/5 + (offer - emax) + (offer - target) decides on acceptance.
	p.round = 100
	edge := r.part(fixed.One - fixed.Of((2*want-0.2)/2))
	if p.accepts(&p.state, heard{u: edge - 20, may: true}, 0) || !p.accepts(&p.state, heard{u: edge + 20, may: true}, 0) {
		t.Errorf("it does not accept from about %d on", edge)
	}
}

// Hao and Leung 2012: the target reaches best·d^(1-λ) at λ, from the best at the start.
func TestABiNeS(t *testing.T) {
	discount := func(self *protocol.Self) { self.Discount, self.Rounds = 0.99, 101 }
	p, r := sit(t, "abines:lambda=0.5,alpha=1", discount)
	u := p.upTo(101)
	if u[0] != r.best {
		t.Errorf("it begins at %d, best %d", u[0], r.best)
	}
	kept := math.Pow(0.99, 50)
	want := r.floor + int64(kept*float64(r.best-r.floor))
	if got := r.part(fixed.One - fixed.Of(kept)); got-want > 1 || want-got > 1 {
		t.Fatalf("%d, want %d", got, want)
	}
	if low := r.Utility[r.Lowest(want)]; u[50] != low {
		t.Errorf("at half time it offers %d, want the least worth %d, which is %d", u[50], want, low)
	}
}

// It holds firm while it watches, then asks for more of a side that gave way.
func TestGahboninho(t *testing.T) {
	late := func(positions ...int) int64 {
		p, r := sit(t, "gahboninho")
		p.round = 1
		for _, at := range positions {
			o, _ := r.At(make(outcome.Outcome, 4), r.Len()-1-at)
			p.offered(o)
		}
		if p.round = 5; p.upcoming() != r.best {
			t.Errorf("while it watches it offers %d", p.upcoming())
		}
		p.round, p.fresh = 100, false
		return p.upcoming()
	}
	if yielding, firm := late(0, 30, 100), late(0, 0, 0); yielding <= firm {
		t.Errorf("of a yielding side it asks for %d, of a firm one %d", yielding, firm)
	}
}

// Baarslag, Hindriks and Jonker 2013: ACconst, ACtime and ACcombi accept all that AC-next does,
// and besides what their names say.
func TestAcceptanceConditions(t *testing.T) {
	accepts := func(spec string, round int, before []int64, u int64) bool {
		p, _ := sit(t, spec)
		for i, b := range before {
			p.round = round - len(before) + i
			p.hear(&p.state, heard{u: b})
		}
		p.round, p.fresh = round, false
		p.hear(&p.state, heard{u: u})
		return p.accepts(&p.state, heard{u: u, may: true}, p.upcoming())
	}
	_, r := sit(t, "hardliner")
	for _, c := range []struct {
		spec   string
		round  int
		before []int64
		u      int64
		want   bool
	}{
		{"acconst(hardliner):share=50", 1, nil, r.percent(50), true},
		{"acconst(hardliner):share=50", 1, nil, r.percent(50) - 1, false},
		{"actime(hardliner):from=0.5", 49, nil, r.floor, false},
		{"actime(hardliner):from=0.5", 51, nil, r.floor, true},
		{"accombi(hardliner):from=0.9", 80, nil, r.best - 1, false},
		{"accombi(hardliner):from=0.9", 98, []int64{500, 600, 400}, 599, false}, // 600 was heard two rounds ago, two are left
		{"accombi(hardliner):from=0.9", 98, []int64{600, 500, 400}, 599, true},  // three rounds ago: too long
		{"acconst(hardliner):share=50", 1, nil, r.best, true},                   // AC-next
	} {
		if got := accepts(c.spec, c.round, c.before, c.u); got != c.want {
			t.Errorf("%s in round %d after %v accepts %d: %v", c.spec, c.round, c.before, c.u, got)
		}
	}
}

// Klein, Faratin, Sayama and Bar-Yam 2003: a hill climber takes no worse draft; an annealer
// takes one with chance e^(-Δ/T), T falling to 0.
func TestAnnealer(t *testing.T) {
	p, r := sit(t, "annealer:heat=10")
	heat := float64(r.best-r.floor) / 10
	const draws = 20000
	for _, round := range []int{1, 50, 100} {
		p.round = round
		temperature := heat * float64(100-round) / 100
		loss := int64(heat / 2)
		taken := 0
		for range draws {
			if p.tactic.(critic).prefers(&p.state, heard{u: 300}, heard{u: 300 + loss, may: true}) {
				taken++
			}
		}
		want := 0.0
		if temperature > 0 {
			want = math.Exp(-float64(loss) / temperature)
		}
		if got := float64(taken) / draws; math.Abs(got-want) > 0.02 {
			t.Errorf("round %d: it takes %.3f of the drafts that lose half its first heat, want %.3f", round, got, want)
		}
	}
}

// Whoever is bound keeps to it: people at home, a mandate; a bluff gives nothing below its
// claim until it is given up.
func TestConduct(t *testing.T) {
	p, r := sit(t, "linear")
	claimed := r.percent(50)
	make, err := r.prepare("bluff(linear):by=50,until=0.9")
	if err != nil {
		t.Fatal(err)
	}
	n := make(1)
	for round := 1; round <= 100; round++ {
		v := &protocol.View{Round: round, Rounds: 100, Asked: []protocol.MoveKind{protocol.Offer}, By: -1}
		m := n.Move(v)
		u, _ := r.Value(m.Outcome)
		p.round, p.fresh = round, false
		if want := p.upcoming(); round < 90 && u < claimed || round > 91 && u != want {
			t.Errorf("round %d: it offers %d; the claim is %d, without it %d", round, u, claimed, want)
		}
		if (m.Text != "") != (round == 1) {
			t.Errorf("round %d: it says %q", round, m.Text)
		}
	}
	outside, err := outcome.NewTable(r.own.Issues, []int{0}, func(o []int) bool { return o[0] != 2 })
	if err != nil {
		t.Fatal(err)
	}
	bound, narrow := sit(t, "linear", func(self *protocol.Self) { self.Mandate = outside })
	for _, u := range bound.upTo(100) {
		if u > narrow.best || narrow.best >= r.best {
			t.Fatalf("outside its mandate it offers %d", u)
		}
	}
	for i := range narrow.Len() {
		if o, _ := narrow.At(slices.Repeat(outcome.Outcome{0}, 4), i); o[0] != 2 {
			t.Fatalf("%v is outside the mandate", o)
		}
	}
}
