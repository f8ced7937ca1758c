package strategy

import "math/rand/v2"

// A chance is a stream that a session's seed decides. It remembers whether anything was
// drawn: a negotiator that drew nothing makes the same moves with any seed.
type chance struct {
	source rand.PCG
	drew   bool
}

// seeded returns the stream of a seed with the given number.
func (c *chance) seeded(seed, stream uint64) *rand.Rand {
	c.source.Seed(seed, stream)
	return rand.New(c)
}

// Uint64 implements [rand.Source].
func (c *chance) Uint64() uint64 {
	c.drew = true
	return c.source.Uint64()
}

// Drew reports whether any move so far depended on the seed.
func (c *chance) Drew() bool { return c.drew }
