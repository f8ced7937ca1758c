// Package budget holds what methods may take, and what their operations cost.
//
// Work is estimated, in nanoseconds of one core, by counting operations with
// constants measured on the benchmarks of this module. It is never timed, so that the same
// space is analysed in the same way on every machine. Products are rounded before they
// are added, so that no machine fuses the two.
package budget

import (
	"fmt"
	"math"
	"time"
)

// What a caller has who states no budget.
const (
	DefaultTime   = 2 * time.Minute
	DefaultMemory = 4 << 30
)

// A Limit bounds the work of a method in nanoseconds and what it holds in bytes.
type Limit struct {
	Work  float64
	Bytes int64
}

// Unlimited bounds nothing.
var Unlimited = Limit{math.Inf(1), math.MaxInt64}

// An Excess is an error that says that a method's work or memory passes its budget.
// The caller may then turn to another method.
type Excess struct{ What string }

func (e *Excess) Error() string { return e.What }

// TooMuch returns an [Excess] that says what is too much.
func TooMuch(format string, args ...any) error { return &Excess{fmt.Sprintf(format, args...)} }

// The work of single operations.
const (
	Merge     = 100 // of four parties and more, to merge one vector
	TreeVisit = 4   // to look at one box of a sweep
	Pair      = 0.2 // to list two efficient packages: each is compared with boxes of others
	Score     = 5   // for one score that a search reads
	Branch    = 4   // for one option that the search of boxes visits
)

// Candidate estimates the work for one vector that is to be merged into a frontier.
func Candidate(parties int) float64 {
	switch parties {
	case 1, 2:
		return 5
	case 3:
		return 60 // or 20 where the parties' utilities fit in a word
	case 4:
		return 2000
	}
	return 4000
}

// Quick is the work of listing below which a space is listed without looking for
// another way.
const Quick = 1e9
