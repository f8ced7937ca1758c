package bargain

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// What an item is worth where a party has several best options, and ties that only amounts may break.
func TestAdjustedWinnerTies(t *testing.T) {
	for _, test := range []struct {
		name      string
		rows      [2][][]int64
		divisible []int
		points    [2]*big.Rat
		shares    []*big.Rat
		equitable bool
	}{
		{"each wants one", [2][][]int64{{{0, 0}, {7, 0}}, {{0, 5}, {0, 0}}}, []int{0, 1},
			[2]*big.Rat{big.NewRat(100, 1), big.NewRat(100, 1)}, []*big.Rat{new(big.Rat), big.NewRat(1, 1)}, true},
		// 20 and 80 points against 0 and 100: the field is split at 4/9 of it.
		{"one wants both", [2][][]int64{{{2, 0}, {8, 0}}, {{0, 0}, {0, 8}}}, []int{0, 1},
			[2]*big.Rat{big.NewRat(500, 9), big.NewRat(500, 9)}, []*big.Rat{big.NewRat(1, 1), big.NewRat(4, 9)}, true},
		// The second would as soon sell the first item as have it: it is contested, whatever comes first.
		{"sold", [2][][]int64{{{60, 30, 0}, {40, 0, 0}}, {{0, 50, 50}, {0, 50, 50}}}, []int{0, 1},
			[2]*big.Rat{big.NewRat(600, 11), big.NewRat(600, 11)}, []*big.Rat{big.NewRat(10, 11), new(big.Rat)}, true},
		// 50, 30 and 20 to both: the greatest first, the others to who is behind.
		{"alike", [2][][]int64{{{20, 0}, {50, 0}, {30, 0}}, {{0, 20}, {0, 50}, {0, 30}}}, nil,
			[2]*big.Rat{big.NewRat(50, 1), big.NewRat(50, 1)}, []*big.Rat{new(big.Rat), big.NewRat(1, 1), new(big.Rat)}, true},
		// 60 and 40 to both: nothing may be split, and no transfer leaves the lead where it is.
		{"indivisible", [2][][]int64{{{60, 0}, {40, 0}}, {{0, 60}, {0, 40}}}, nil,
			[2]*big.Rat{big.NewRat(60, 1), big.NewRat(40, 1)}, []*big.Rat{big.NewRat(1, 1), new(big.Rat)}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := sheetSpace(test.rows[0], test.rows[1])
			d, err := AdjustedWinner(s, test.divisible)
			if err != nil {
				t.Fatal(err)
			}
			if d.Points[0].Cmp(test.points[0]) != 0 || d.Points[1].Cmp(test.points[1]) != 0 || d.Equitable != test.equitable {
				t.Errorf("points %v, equitable %t; want %v, %t", d.Points, d.Equitable, test.points, test.equitable)
			}
			for i, share := range d.Shares {
				if share.Cmp(test.shares[i]) != 0 {
					t.Errorf("shares %v, want %v", d.Shares, test.shares)
				}
			}
		})
	}
	if _, err := AdjustedWinner(sheetSpace([][]int64{{3, 1}}, [][]int64{{5, 0}}), nil); err == nil {
		t.Error("both want the same option, and an item was divided")
	}
}

// The order in which options and issues are written carries no meaning.
func TestAdjustedWinnerOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	divided, unequal := 0, 0
	for range 3000 {
		s := outcometest.Space(r, outcometest.Shape{Parties: 2, Issues: 1 + r.IntN(5), Coarse: r.IntN(3) > 0})
		var divisible []int
		for i := range s.Issues {
			if r.IntN(2) == 0 {
				divisible = append(divisible, i)
			}
		}
		d, err := AdjustedWinner(s, divisible)
		other, places := shuffled(r, s)
		var again []int
		for to, from := range places {
			if slices.Contains(divisible, from) {
				again = append(again, to)
			}
		}
		e, err2 := AdjustedWinner(other, again)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%v, in another order %v", err, err2)
		}
		if err != nil {
			continue
		}
		divided++
		if !d.Equitable {
			unequal++
		}
		if d.Points[0].Cmp(e.Points[0]) != 0 || d.Points[1].Cmp(e.Points[1]) != 0 || d.Equitable != e.Equitable {
			t.Fatalf("points %v, in another order %v, of %+v and %+v, of which %v may be split", d.Points, e.Points, s.Parties[0].Scores, s.Parties[1].Scores, divisible)
		}
	}
	if divided < 1000 || unequal < 100 {
		t.Errorf("%d divided, %d unequal: the test compares too little", divided, unequal)
	}
}

// shuffled lists issues and options of two parties in another order, and says where each issue was.
func shuffled(r *rand.Rand, s *outcome.Space) (*outcome.Space, []int) {
	other := &outcome.Space{Parties: slices.Clone(s.Parties)}
	for p := range other.Parties {
		other.Parties[p].Scores = nil
	}
	places := r.Perm(len(s.Issues))
	for _, i := range places {
		other.Issues = append(other.Issues, s.Issues[i])
		options := r.Perm(s.Issues[i].Options)
		for p := range other.Parties {
			var scores []int64
			for _, o := range options {
				scores = append(scores, s.Parties[p].Scores[i][o])
			}
			other.Parties[p].Scores = append(other.Parties[p].Scores, scores)
		}
	}
	return other, places
}
