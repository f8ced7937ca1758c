//go:build numbered

// Package fires counts which checks of a certificate refuse it. It exists for the test that every check is needed, which
// writes calls of At into a copy of verify.
package fires

// Skip is the number of the check that is left out, 0 for none; Fired that of the last that refused.
var Skip, Fired int

// At reports whether check n refuses.
func At(n int, refuse bool) bool {
	if !refuse || n == Skip {
		return false
	}
	Fired = n
	return true
}
