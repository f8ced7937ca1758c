package convert_test

import "strings"

// plain is a name with its white space as a case file has it.
func plain(name string) string { return strings.Join(strings.Fields(name), " ") }
