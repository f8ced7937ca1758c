// Package trials says how often tests repeat what they try at random or over every combination, and where
// other tools' files lie with which they compare.
package trials

import "os"

// Of returns short, or long where the environment variable GOODOFFICES_LONG is set, as make test-long sets it.
func Of(short, long int) int {
	if os.Getenv("GOODOFFICES_LONG") != "" {
		return long
	}
	return short
}
