// Package chance is what a session leaves to chance: a seeded stream that says whether anything was
// drawn from it.
package chance

import "math/rand/v2"

// A Stream is one that a session's seed decides. It remembers whether anything was
// drawn: a negotiator that drew nothing makes the same moves with any seed.
type Stream struct {
	source rand.PCG
	drew   bool
}

// Seeded returns the stream of a seed with the given number.
func (c *Stream) Seeded(seed, stream uint64) *rand.Rand {
	c.source.Seed(seed, stream)
	return rand.New(c)
}

// Uint64 implements [rand.Source].
func (c *Stream) Uint64() uint64 {
	c.drew = true
	return c.source.Uint64()
}

// Drew reports whether any move so far depended on the seed.
func (c *Stream) Drew() bool { return c.drew }
