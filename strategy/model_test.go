package strategy

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/strategy/model"
)

var models = []struct {
	name string
	make func([]outcome.Issue) model.Model
}{
	{"frequency", model.Frequency},
	{"smith", model.Smith},
	{"bayesian", model.Bayesian},
}

// pearson returns the correlation of two lists, and kendall their rank correlation: tau-a,
// in which a tie counts as neither for nor against.
func pearson(x, y []float64) float64 {
	mean := func(v []float64) (m float64) {
		for _, a := range v {
			m += a / float64(len(v))
		}
		return m
	}
	mx, my := mean(x), mean(y)
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - mx) * (y[i] - my)
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

func kendall(x, y []float64) float64 {
	var balance, pairs float64
	for i := range x {
		for j := range i {
			balance += float64(cmp.Compare(x[i], x[j]) * cmp.Compare(y[i], y[j]))
			pairs++
		}
	}
	return balance / pairs
}

// TestModelCalibration measures how well each model knows the other side after so many
// offers: the table of docs/methods/strategies.md. The other side's scores are drawn at
// random, once falling or rising along the options and once in any order.
func TestModelCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("measures at length")
	}
	cases := trials.Of(20, 60)
	type key struct {
		model, family, opponent string
		offers                  int
	}
	type mean struct{ pearson, kendall float64 }
	got := map[key]mean{}
	marks := []int{2, 10, 50, 90}
	for _, family := range []string{"monotone", "any order"} {
		for _, opponent := range []string{"boulware", "linear", "conceder"} {
			for seed := range uint64(cases) {
				rng := rand.New(rand.NewPCG(seed, 41))
				s := opposed(seed, 2, 5, 6)
				for i := range s.Issues {
					if family == "any order" {
						scores := s.Parties[1].Scores[i]
						rng.Shuffle(len(scores), func(a, b int) { scores[a], scores[b] = scores[b], scores[a] })
					}
				}
				set := &protocol.Setting{Space: s, Rounds: 100}
				m, err := protocol.New(set, protocol.AlternatingOffers{})
				if err != nil {
					t.Fatal(err)
				}
				other, err := New(opponent, m.Self(1, seed))
				if err != nil {
					t.Fatal(err)
				}
				ranking, err := new(Rankings).of(m.Self(0, 0))
				if err != nil {
					t.Fatal(err)
				}
				sample, truth := someOutcomes(rng, s, 150)
				own, err := New("linear", m.Self(0, seed))
				if err != nil {
					t.Fatal(err)
				}
				for _, which := range models {
					estimate := which.make(s.Issues)
					heard := 0
					// The listener hears everything and accepts nothing, so that all offers are made.
					listener := negotiator(func(v *protocol.View) protocol.Move {
						for _, msg := range v.Messages[v.New:] {
							if msg.From == 1 && msg.Move.Kind == protocol.Offer {
								estimate.Hear(msg.Move.Outcome, float64(msg.Round-1)/99)
								if heard++; slices.Contains(marks, heard) {
									row := estimate.Row()
									guess := make([]float64, len(sample))
									for i, o := range sample {
										guess[i] = float64(row.Value(o))
									}
									k := key{which.name, family, opponent, heard}
									g := got[k]
									g.pearson += pearson(guess, truth) / float64(cases)
									g.kendall += kendall(guess, truth) / float64(cases)
									got[k] = g
								}
							}
						}
						m := own.Move(v)
						if m.Kind == protocol.Accept {
							m = protocol.Move{Kind: protocol.Offer, Outcome: ranking.bestOutcome}
						}
						return m
					})
					stubborn := negotiator(func(v *protocol.View) protocol.Move {
						m := other.Move(v)
						if m.Kind == protocol.Accept {
							m = protocol.Move{Kind: protocol.Offer, Outcome: v.Messages[len(v.Messages)-2].Move.Outcome}
						}
						return m
					})
					if _, err := protocol.Play(m, []protocol.Negotiator{listener, stubborn}, seed, nil); err != nil {
						t.Fatal(err)
					}
					if other, err = New(opponent, m.Self(1, seed)); err != nil {
						t.Fatal(err)
					}
					if own, err = New("linear", m.Self(0, seed)); err != nil {
						t.Fatal(err)
					}
				}
			}
			for _, which := range models {
				for _, n := range marks {
					k := key{which.name, family, opponent, n}
					t.Logf("%-9s  %-9s  %-12s  after %3d offers: Pearson %.2f, Kendall %.2f", which.name, family, opponent, n, got[k].pearson, got[k].kendall)
				}
			}
		}
	}
	// After a few offers of a side that concedes each model knows something, the Bayesian
	// one where scores rise or fall along the options, as it supposes; there, later, it knows
	// more than those that count.
	for k, m := range got {
		if k.offers == 10 && (k.model != "bayesian" || k.family == "monotone") && m.pearson < 0.4 {
			t.Errorf("%v: Pearson %.2f", k, m.pearson)
		}
	}
	bayes, count := key{"bayesian", "monotone", "linear", 50}, key{"smith", "monotone", "linear", 50}
	if got[bayes].pearson <= got[count].pearson {
		t.Errorf("after 50 offers of a linear side with monotone scores bayesian has %.2f, smith %.2f", got[bayes].pearson, got[count].pearson)
	}
}

type negotiator func(*protocol.View) protocol.Move

func (f negotiator) Move(v *protocol.View) protocol.Move { return f(v) }

// someOutcomes draws outcomes with what they are worth to party 1.
func someOutcomes(rng *rand.Rand, s *outcome.Space, n int) (sample []outcome.Outcome, truth []float64) {
	for range n {
		o := make(outcome.Outcome, len(s.Issues))
		for i, issue := range s.Issues {
			o[i] = rng.IntN(issue.Options)
		}
		sample = append(sample, o)
		truth = append(truth, float64(s.Parties[1].Value(o)))
	}
	return sample, truth
}
