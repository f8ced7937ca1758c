package casefile

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed new.yaml
var newCase string

// New returns a starting case with the given id: a small one that checks without
// warnings and explains itself in comments. It fails on an id that cannot name a case.
func New(id string) ([]byte, error) {
	if !validID(id, true) {
		return nil, fmt.Errorf("%s cannot name a case: use lower case letters, digits, hyphens and underscores, a letter first, at most 64", quoted(id))
	}
	return []byte(strings.Replace(newCase, "id: new-case", "id: "+id, 1)), nil
}
