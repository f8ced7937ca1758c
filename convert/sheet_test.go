package convert_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/convert"
)

// ownCases are the case files of the repository.
func ownCases(t *testing.T) []*casefile.File {
	t.Helper()
	var files []*casefile.File
	for _, pattern := range []string{"../catalog/*/*/*.yaml", "../catalog/*/*.yaml", "../catalog/*/*/*/*.yaml", "../report/testdata/*.yaml", "../casefile/new.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			f, err := casefile.Open(path)
			if err != nil {
				continue // a fixture that is wrong on purpose
			}
			files = append(files, f)
		}
	}
	if len(files) < 5 {
		t.Fatalf("only %d cases found", len(files))
	}
	return files
}

func format(t testing.TB, name string) *convert.Format {
	t.Helper()
	f, ok := convert.Named(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	return f
}

// written returns the one file of a case in a format.
func written(t testing.TB, name string, c *casefile.Case) []byte {
	t.Helper()
	files, _, err := convert.Write(format(t, name), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	return files[0].Data
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSheetRoundTrip writes every case of the repository as a sheet and reads it
// again: scores, thresholds, conditions, rules and ids are the same, so that the
// spaces are; and the sheet of the case that was read is the same sheet.
func TestSheetRoundTrip(t *testing.T) {
	for _, name := range []string{"csv", "xlsx"} {
		for _, f := range ownCases(t) {
			data := written(t, name, f.Case)
			path := save(t, "case."+name, data)
			s, err := convert.Open(t.Context(), path)
			if err != nil {
				t.Errorf("%s in %s: %v", f.Name, name, err)
				continue
			}
			for _, n := range s.Lost {
				t.Errorf("%s in %s: %s", f.Name, name, n)
			}
			if !reflect.DeepEqual(compile(t, f), compile(t, s.File)) {
				t.Errorf("%s in %s: another space\n%s", f.Name, name, s.File.Data)
			}
			again := written(t, name, s.File.Case)
			if !bytes.Equal(data, again) {
				t.Errorf("%s in %s: another sheet", f.Name, name)
				if name == "csv" {
					t.Logf("%s\n---\n%s", data, again)
				}
			}
		}
	}
}

const tidy = `Title;Fischfang
Id;bay
;
Issue;Option;Status quo;Fischer;Hafen
Fang;wenig;;10,5;60
;viel;x;50;0 x
Saison;3;;0;30
;6;;;25
;9;x;1.030,5;0
No deal;;;45..55;30
`

func TestSheetAsAnalystsKeepIt(t *testing.T) {
	const plain = "Issue,Option,Status quo,Fishers,Port\nCatch,low,,10.5,60\nCatch,high,x,50,0 x\nSeason,3,,0,30\nSeason,6,,,25\nSeason,9,x,1030.5,0\nNo deal,,,45..55,30\n"
	want := compile(t, openCSV(t, plain).File)
	for name, text := range map[string]string{
		"semicolons and decimal commas": strings.NewReplacer("Fang", "Catch", "wenig", "low", "viel", "high", "Saison", "Season", "Fischer", "Fishers", "Hafen", "Port").Replace(tidy),
		"a mark of byte order":          "\uFEFF" + plain,
		"Excel's own first line":        "sep=,\r\n" + strings.ReplaceAll(plain, "\n", "\r\n"),
		"old Macintosh lines":           strings.ReplaceAll(plain, "\n", "\r"),
		"tabs":                          strings.ReplaceAll(plain, ",", "\t"),
		"blank rows and extra columns":  "\n\n,,\nIssue,Option,Source,Status quo,Fishers,Port,,Seen by\n\nCatch,low,Smith,,10.5,60,,\n,,,,,,,\nCatch,high,,yes,50,never 0,,Jones\nSeason,3,,,0,30\n\n,6,,,,25\n,9,,✓,\"1,030.5\",0\nTotal,,,,1090,90\nNo deal,,,,45 to 55,30 points\n",
		"merged issue cells":            "Question,Answer,Fishers,Port,Today,Comments\nCatch,low,10.5,60,,\n,high,50,x 0,x,as before\nSeason,3,0,30,,\n,6,,25,,\n,9,\"1 030,5\",0,x,\nReservation value,,45–55,30,,\n",
		"ranges in words":               strings.Replace(plain, "45..55", "45…55", 1),
		"hyphens":                       strings.Replace(plain, "45..55", "45 - 55", 1),
		"an explicit range":             "Issue,Option,Status quo,Fishers,Port\nCatch,low,,10.5,60\nCatch,high,x,50,0 x\nSeason,3 to 9 by 3\n,3,,0,30\n,6,,,25\n,9,x,1030.5,0\nNo deal,,,45..55,30\n",
		"weights":                       "Issue,Option,Status quo,Fishers,Weight: Fishers,Port,Weight\nCatch,low,,21,0.5,60,1\nCatch,high,x,100,,0 x,\nSeason,3,,0,0.1,15,2\nSeason,6,,,,12.5,\nSeason,9,x,10305,,0,\nNo deal,,,45..55,,30,\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := openCSV(t, text)
			if got := compile(t, s.File); !reflect.DeepEqual(got, want) {
				t.Errorf("another space; notes %v\n%s", s.Lost, s.File.Data)
			}
		})
	}
}

func openCSV(t testing.TB, text string) *convert.Scenario {
	t.Helper()
	s, err := convert.Open(t.Context(), save(t, "sheet.csv", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSheetProblems lists what people get wrong; each problem names its cell, and all
// of a sheet are told at once.
func TestSheetProblems(t *testing.T) {
	const head = "Issue,Option,Status quo,Fishers,Port,Port > Crews,Package: Paper\n"
	for _, tt := range []struct{ name, text, want string }{
		{"not a number", head + "Catch,low,,ten,60,1,\n,high,,50,0,2,\n", "D2: 'ten' is not a number"},
		{"missing score", head + "Catch,low,,10,60,1,\n,high,,,0,2,x\n", "D3: no score for 'high': write 0 if it is worth nothing"},
		{"out of order", head + "Catch,low,,10,60,1,x\n,high,,14..8,0,2,\n", "D3: '14..8' is out of order"},
		{"two marks", head + "Catch,low,x,10,60,1,x\n,high,x,1,0,2,x\n", "C3: a second status quo: the first is in row 2"},
		{"two marks of a package", head + "Catch,low,x,10,60,1,x\n,high,,1,0,2,x\n", "G3: the package has two options of 'Catch': the other is in row 2"},
		{"thousands or decimals", head + "Catch,low,,\"1,234\",60,1,x\n,high,,1,0,2,\n", "D2: '1,234' may be 1234 or 1.234"},
		{"a group's red line", head + "Catch,low,,1,60,1 x,x\n,high,,1,0,2,\n", "F2: a red line of a group at home"},
		{"issue in two places", head + "Catch,low,,1,60,1,x\nQuay,a,,1,2,3,\nCatch,high,,1,0,2,\n", "A4: the issue 'Catch' began in A2"},
		{"option twice", head + "Catch,low,,1,60,1,x\n,Low,,1,0,2,\n", "B3: the option 'Low' stands in B2, too"},
		{"unknown party", "Issue,Option,Fishers,Prt > Crews\nCatch,low,1,2\n,high,3,4\n", "D1: 'Prt > Crews' is a group at home of 'Prt', which has no column"},
		{"unknown option in a condition", head + "Catch,low,,1,60,1,x\n,high,,1,0,2,\nRed line,catch == 'hi',,x,,,\n", "B4: parties.fishers.red_lines.1.never"},
		{"rule of nobody", head + "Catch,low,,1,60,1,x\n,high,,1,0,2,\nRatification,,,,crews && boats,,\n", "E4: parties.port.ratification.rule"},
		{"option without issue", head + ",low,,1,60,1,x\n", "A2: an option without an issue"},
		{"no parties", "Issue,Option,Remarks\nCatch,low,fine\n", "A1: no column has scores"},
		{"number off the range", "Issue,Option,A,B\nSeason,3 to 9 by 3,,\n,3,1,2\n,7,1,2\n,9,1,2\n", "B4: '7' is none of the numbers '3 to 9 by 3'"},
		{"range without its end", "Issue,Option,A,B\nSeason,3 to 9 by 3,,\n,3,1,2\n,6,1,2\n", "C3: the numbers listed must begin with 3 and end with 9"},
		{"all at once", head + "Catch,low,,ten,60,1,x\n,high,,5,,2,\n,none,,6,1,two,\n", "E3: no score for 'high'"},
	} {
		path := save(t, "s.csv", []byte(tt.text))
		_, err := convert.Open(t.Context(), path)
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), path, "s.csv"), "s.csv:"+tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if tt.name == "all at once" && err != nil && strings.Count(err.Error(), "\n") != 2 {
			t.Errorf("not all at once: %v", err)
		}
	}
}

// TestSheetPartiesStay lists parties none of whose scores can be read: each cell is a problem, and no
// party is left out while something says that it is one.
func TestSheetPartiesStay(t *testing.T) {
	const head = "Issue,Option,A,B,B > Crews\n"
	for _, tt := range []struct{ name, text, want string }{
		{"words, and a no-deal value", head + "Catch,low,sixty,0,\n,high,ten,40,\nNo deal,,20,5,\n", "C2 C3 E2 E3"},
		{"no scores at all, and a no-deal value", "Issue,Option,A,B\nCatch,low,,0\n,high,,40\nNo deal,,20,5\n", "C2 C3"},
		{"n/a, and a no-deal value", "Issue,Option,A,B\nCatch,low,n/a,0\n,high,?,40\nNo deal,,20,5\n", "C2 C3"},
		{"words, and votes", "Issue,Option,A,B\nCatch,low,sixty,0\n,high,ten,40\nDiscount,,0.9,\n", "C2 C3"},
		{"words, and a red line", "Issue,Option,A,B\nCatch,low,sixty,0\n,high,ten,40\nRed line,catch == 'low',x,\n", "C2 C3"},
		{"words, and a no-deal value in two ways", "Issue,Option,A,B\nCatch,low,sixty,0\n,high,ten,40\nNo deal,,\"1,300\",5\n", "C2 C3 C4"},
		{"a heading that says party", "Issue,Option,Party: A,B\nCatch,low,sixty,0\n,high,ten,40\n", "C2 C3"},
		{"thousands or decimals", "Issue,Option,A,B\nCatch,low,\"1,250\",0\n,high,\"1,500\",40\n", "C2 C3"},
		{"thousands or decimals, with semicolons", "Issue;Option;A;B\nCatch;low;1.250;0\n;high;1.500;40\n", "C2 C3"},
		{"truth values", "Issue,Option,A,B\nCatch,low,TRUE,0\n,high,FALSE,40\n", "C2 C3"},
		{"sums of money", "Issue,Option,A,B\nCatch,low,$5,0\n,high,6 €,40\n", "C2 C3"},
		{"errors as Excel writes them", "Issue,Option,A,B\nCatch,low,#REF!,0\n,high,#N/A,40\n", "C2 C3"},
		{"formulas as texts", "Issue,Option,A,B\nCatch,low,=1+2,0\n,high,=D2,40\n", "C2 C3"},
		{"totals of other languages", "Issue;Option;A;B\nCatch;low;1;0\n;high;2;40\nGesamt;;3;40\nTotal général;;3;40\nИтого;;3;40\n", ""},
		{"ranges out of order", "Issue,Option,A,B\nCatch,low,9..3,0\n,high,7..2,40\n", "C2 C3"},
		{"a group's words", head + "Catch,low,1,0,few\n,high,2,40,many\n", "E2 E3"},
		{"votes that are none", head + "Catch,low,1,0,5\n,high,2,40,7\nVotes,,,,n/a\n", "E4"},
		{"remarks", "Issue,Option,A,B,Remarks of ours,Checked\nCatch,low,1,0,see 3,2026-03-08\n,high,2,40,,2026-03-09\nNo deal,,1,2,as before,\n", ""},
		{"remarks with an arrow", "Issue,Option,A,B,Now > later\nCatch,low,1,0,soon\n,high,2,40,late\n", ""},
		{"one issue left empty", "Issue,Option,A,B\nCatch,low,,0\n,high,,40\nQuay,a,1,2\n,b,2,1\n", ""},
	} {
		path := save(t, "s.csv", []byte(tt.text))
		s, err := convert.Open(t.Context(), path)
		var cells []string
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				at, _, _ := strings.Cut(strings.TrimPrefix(line, path+":"), ": ")
				cells = append(cells, at)
			}
		} else if s.File.Case.Parties.Len() != 2 {
			t.Errorf("%s: %d parties", tt.name, s.File.Case.Parties.Len())
		}
		slices.Sort(cells)
		if got := strings.Join(cells, " "); got != tt.want {
			t.Errorf("%s: problems at %q, want %q: %v", tt.name, got, tt.want, err)
		}
	}
}

// The same texts mark a cell, or leave it unmarked, wherever marks may stand.
func TestSheetMarks(t *testing.T) {
	for mark, unmarked := range map[string]string{"1": "0", "TRUE": "FALSE", "yes": "no", "Y": "n", "x": ""} {
		s := openCSV(t, strings.NewReplacer("+", mark, "-", unmarked).Replace("Issue,Option,A,B,Status quo,Package: P\nCatch,low,1,2,+,-\n,high,2,1,-,+\nRed line,catch == 'low',+,-,,\n"))
		is, _ := s.File.Case.Issues.Get("catch")
		a, _ := s.File.Case.Parties.Get("a")
		b, _ := s.File.Case.Parties.Get("b")
		if is.StatusQuo != "low" || s.File.Case.Packages.Len() != 1 || len(a.RedLines) != 1 || len(b.RedLines) != 0 {
			t.Errorf("%s and %q: status quo %v, %d packages, red lines %v, %v", mark, unmarked, is.StatusQuo, s.File.Case.Packages.Len(), a.RedLines, b.RedLines)
		}
	}
}

// TestSheetCellsAreNoFormulas puts texts that spreadsheets would run into every place
// of a case that a sheet shows.
func TestSheetCellsAreNoFormulas(t *testing.T) {
	const text = `goodoffices: 1
id: hostile
title: "=cmd|' /C calc'!A0"
issues:
  a: {title: "+1", options: {x: "@SUM(A1)", y: "-2+3"}, note: "'=quoted"}
parties:
  p: {title: "=HYPERLINK(1)", scores: {a: {x: -1, y: -3..-2}}, reasons: {a: "\u0009=1"}}
  q: {title: "'", scores: {a: 1}}
`
	f, err := casefile.Parse("hostile", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	data := written(t, "csv", f.Case)
	for _, line := range strings.Split(string(data), "\n") {
		for _, c := range strings.Split(line, ",") {
			c = strings.Trim(c, `"`)
			if c != "" && strings.ContainsAny(c[:1], "=+-@") && c != "-1" {
				t.Errorf("a spreadsheet would run %q", c)
			}
		}
	}
	for _, name := range []string{"csv", "xlsx"} {
		s, err := convert.Open(t.Context(), save(t, "x."+name, written(t, name, f.Case)))
		if err != nil {
			t.Fatal(err)
		}
		if s.File.Case.Title != f.Case.Title || s.File.Case.IssueTitle("a") != "+1" {
			t.Errorf("%s: titles %q, %q", name, s.File.Case.Title, s.File.Case.IssueTitle("a"))
		}
		if is, _ := s.File.Case.Issues.Get("a"); is.Note != "'=quoted" {
			t.Errorf("%s: note %q", name, is.Note)
		}
	}
}
