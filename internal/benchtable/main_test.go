package main

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	in := `goos: linux
BenchmarkSum/kind=near_zero-sum/issues=10-2   3   1000 ns/op   1000 cpu-ns   64 B/op   2 allocs/op
BenchmarkSum/kind=near_zero-sum/issues=20-2   3   8000 ns/op   8000 cpu-ns   64 B/op   2 allocs/op
BenchmarkSum/kind=near_zero-sum/issues=40-2   3   64000 ns/op   64000 cpu-ns   2097152 peak-B   7 points   2048 B/op   4 allocs/op
BenchmarkSum/kind=near_zero-sum/issues=80-2   3   9000 ns/op   9000 cpu-ns   1 refused   0 B/op   0 allocs/op
BenchmarkLinks/width=1   3   10 ns/op   10 cpu-ns   0 B/op   0 allocs/op
BenchmarkLinks/width=2   3   20 ns/op   20 cpu-ns   0 B/op   0 allocs/op
BenchmarkLinks/width=3   3   40 ns/op   40 cpu-ns   0 B/op   0 allocs/op
BenchmarkAlone   3   5 ns/op   4 cpu-ns   1 unproven   0 B/op   0 allocs/op
PASS
`
	want := header + `| Sum, kind near zero-sum, by issues | 10: 1.0 µs · 20: 8.0 µs · 40: 64 µs · 80: refused after 9.0 µs | issues^3.0 | 64 µs | 64 B in 2 to 2.0 KiB in 4 | 2.0 MiB | 7 points |
| Links, by width | 1: 10 ns · 2: 20 ns · 3: 40 ns | ×2.0 a step | 40 ns | 0 B in 0 to 0 B in 0 | under 1 MiB |  |
| Alone | 4 ns |  | 5 ns | 0 B in 0 | under 1 MiB | 1 unproven |
`
	lines, err := read(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, lines); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
	if _, err := read(strings.NewReader("BenchmarkX 1 y ns/op")); err == nil {
		t.Error("a time that is no number is read")
	}
}
