// Command benchtable turns what go test -bench prints into the table of
// docs/performance.md. It reads standard input and prints Markdown:
//
//	go test -run '^$' -bench . -benchmem ./bargain | go run ./internal/benchtable
//
// Rows that differ in the last part of their name alone, key=number, are one line; the
// growth of time along that number is fitted by least squares of logarithms.
package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	lines, err := read(os.Stdin)
	if err == nil {
		err = write(os.Stdout, lines)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

// A line is the rows that differ in size alone.
type line struct {
	name string // without the size
	key  string // what the size counts; empty where there is none
	rows []row
}

type row struct {
	size   float64
	values map[string]float64 // by unit
}

// suffix is what the benchmark adds for more than one processor.
var suffix = regexp.MustCompile(`-\d+$`)

func read(r io.Reader) ([]line, error) {
	var lines []line
	in := bufio.NewScanner(r)
	for in.Scan() {
		fields := strings.Fields(in.Text())
		if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		at := row{values: make(map[string]float64)}
		for k := 2; k < len(fields); k += 2 {
			v, err := strconv.ParseFloat(fields[k], 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %v", fields[0], err)
			}
			at.values[fields[k+1]] = v
		}
		if _, ok := at.values["cpu-ns"]; !ok {
			at.values["cpu-ns"] = at.values["ns/op"]
		}
		name := strings.TrimPrefix(suffix.ReplaceAllString(fields[0], ""), "Benchmark")
		key := ""
		if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
			if k, v, ok := strings.Cut(name[slash+1:], "="); ok {
				if size, err := strconv.ParseFloat(v, 64); err == nil {
					name, key, at.size = name[:slash], k, size
				}
			}
		}
		if n := len(lines); n > 0 && key != "" && lines[n-1].name == name && lines[n-1].key == key {
			lines[n-1].rows = append(lines[n-1].rows, at)
		} else {
			lines = append(lines, line{name, key, []row{at}})
		}
	}
	return lines, in.Err()
}

// The columns after growth speak of the sizes that were not refused, the last three of the
// greatest of them.
const header = `| Case | Processor time by size | Growth | Elapsed | Bytes and number allocated, least and greatest size | Peak heap | Result |
|---|---|---|---|---|---|---|
`

func write(w io.Writer, lines []line) error {
	out := bufio.NewWriter(w)
	out.WriteString(header)
	for _, l := range lines {
		done := slices.DeleteFunc(slices.Clone(l.rows), func(r row) bool { return r.values["refused"] > 0 })
		if len(done) == 0 {
			done = l.rows
		}
		first, last := done[0].values, done[len(done)-1].values
		var times []string
		for _, r := range l.rows {
			t := duration(r.values["cpu-ns"])
			if r.values["refused"] > 0 {
				t = "refused after " + t
			}
			if l.key != "" {
				t = number(r.size) + ": " + t
			}
			times = append(times, t)
		}
		allocated := fmt.Sprintf("%s in %s", size(last["B/op"]), number(last["allocs/op"]))
		if len(done) > 1 {
			allocated = fmt.Sprintf("%s in %s to %s", size(first["B/op"]), number(first["allocs/op"]), allocated)
		}
		peak := "under 1 MiB" // garbage of small objects is not told at once
		if last["peak-B"] >= 1<<20 {
			peak = size(last["peak-B"])
		}
		var found []string
		for _, unit := range slices.Sorted(maps.Keys(last)) {
			switch unit {
			case "ns/op", "cpu-ns", "B/op", "allocs/op", "peak-B", "refused":
			case "naming-ns":
				found = append(found, "naming "+duration(last[unit]))
			default:
				if last[unit] != 0 || unit == "points" {
					found = append(found, number(last[unit])+" "+unit)
				}
			}
		}
		name := strings.NewReplacer("_", " ", "/", ", ", "=", " ").Replace(l.name)
		if l.key != "" {
			name += ", by " + strings.ReplaceAll(l.key, "_", " ")
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s | %s |\n", name, strings.Join(times, " · "), l.growth(), duration(last["ns/op"]), allocated, peak, strings.Join(found, ", "))
	}
	return out.Flush()
}

// growth fits time to a power of the size or, by width, to a power of a number. Rows that
// are refused or not proven took the budget, not the time that they need.
func (l *line) growth() string {
	var n, sx, sy, sxx, sxy float64
	for _, r := range l.rows {
		if r.values["refused"] > 0 || r.values["unproven"] > 0 || r.size <= 0 {
			continue
		}
		x, y := math.Log(r.size), math.Log(r.values["cpu-ns"])
		if l.key == "width" {
			x = r.size
		}
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if n < 3 {
		return ""
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	if l.key == "width" {
		return fmt.Sprintf("×%.1f a step", math.Exp(slope))
	}
	return fmt.Sprintf("%s^%.1f", l.key, slope)
}

func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e6:
		return digits(ns/1e3) + " µs"
	case ns < 1e9:
		return digits(ns/1e6) + " ms"
	}
	return digits(ns/1e9) + " s"
}

func size(bytes float64) string {
	switch {
	case bytes < 1<<10:
		return fmt.Sprintf("%.0f B", bytes)
	case bytes < 1<<20:
		return digits(bytes/(1<<10)) + " KiB"
	case bytes < 1<<30:
		return digits(bytes/(1<<20)) + " MiB"
	}
	return digits(bytes/(1<<30)) + " GiB"
}

// digits writes two of them, or all before the point.
func digits(v float64) string {
	if v < 9.95 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 0, 64)
}

func number(v float64) string {
	switch {
	case v >= 1e5:
		return strings.Replace(strconv.FormatFloat(v, 'e', 1, 64), "e+0", "e", 1)
	case v == math.Trunc(v) || v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
