package casefile

import (
	_ "embed"
	"slices"
)

//go:generate go test -run ^TestSchemaIsCurrent$ -update .

//go:embed schema.json
var schema []byte

// Schema returns the format as a JSON Schema (draft 2020-12), for editors that
// complete and explain fields. It is generated from the types of this package and
// their comments. It knows nothing of what one part of a case says about another:
// that is what [Parse] checks.
func Schema() []byte { return slices.Clone(schema) }
