package namedfile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	name := put(t, filepath.Join(dir, "x"), "12345678")
	for limit, want := range map[int64]string{8: "12345678", 9: "12345678", 7: "", 0: ""} {
		data, err := Read(t.Context(), name, limit)
		var large *SizeError
		if string(data) != want || (want == "") != errors.As(err, &large) {
			t.Errorf("limit %d: %q, %v", limit, data, err)
		}
	}
	if data, err := Head(t.Context(), name, 3); string(data) != "123" || err != nil {
		t.Errorf("the head is %q, %v", data, err)
	}
	var kind *KindError
	if _, err := Read(t.Context(), dir, 9); !errors.As(err, &kind) || err.Error() != dir+" is not a regular file but a folder: name a file in it" {
		t.Error(err)
	}
	if _, err := Read(t.Context(), name+"y", 9); !errors.Is(err, os.ErrNotExist) || strings.Count(err.Error(), name) != 1 {
		t.Error(err)
	}
}

// TestReadStreamEndsWithItsContext waits for nobody who writes nothing, and takes no more than
// its limit of what does not end.
func TestReadStreamEndsWithItsContext(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadStream(ctx, "x", in, 10); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var endless endless
	var large *SizeError
	if _, err := ReadStream(t.Context(), "x", &endless, 3<<20); !errors.As(err, &large) || err.Error() != "x is larger than 3 MiB" {
		t.Error(err)
	}
	if endless > 5<<20 {
		t.Errorf("%d bytes were read", endless)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	_, err := ReadStream(ctx, "x", readerFunc(func(b []byte) (int, error) { cancel(); return len(b), nil }), 1<<40)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// endless counts what is read of it.
type endless int

func (e *endless) Read(b []byte) (int, error) { *e += endless(len(b)); return len(b), nil }

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "brief.html")
	for _, text := range []string{"one", "two"} {
		if err := Write(t.Context(), name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(name); string(data) != text {
			t.Errorf("%q, %v", data, err)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("mode %v: others can read it", info.Mode())
		}
	}
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), name, []byte("three"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || locks && info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v: a file that is there keeps its own", info.Mode())
	}
	if err := Write(t.Context(), dir, nil, 0o600); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Errorf("over a folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Write(ctx, name, []byte("four"), 0o600); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if data, err := os.ReadFile(name); string(data) != "three" {
		t.Errorf("an interrupted write left %q, %v", data, err)
	}
	if err := Write(t.Context(), filepath.Join(dir, "none", "x"), nil, 0o600); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	name := put(t, filepath.Join(dir, "precious"), "old")
	link := filepath.Join(dir, "link")
	if err := os.Symlink("precious", link); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	var kind *KindError
	if err := Write(t.Context(), link, []byte("new"), 0o600); !errors.As(err, &kind) {
		t.Errorf("through a link: %v", err)
	}
	if _, err := OpenRecord(link); !errors.As(err, &kind) {
		t.Errorf("a record through a link: %v", err)
	}
	if data, _ := os.ReadFile(name); string(data) != "old" {
		t.Errorf("it holds %q", data)
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := Follow(link); err != nil || to != real {
		t.Errorf("the link leads to %s, %v; want %s", to, err, real)
	}
	if to, err := Follow(name); err != nil || to != name {
		t.Errorf("a file leads to %s, %v", to, err)
	}
	if err := os.Symlink("nowhere", link+"2"); err != nil {
		t.Fatal(err)
	}
	if _, err := Follow(link + "2"); err == nil || !strings.Contains(err.Error(), "leads nowhere") {
		t.Errorf("a link to nothing: %v", err)
	}
	if os.Geteuid() == 0 && os.Lchown(link+"2", 12345, 12345) == nil {
		if _, err := Follow(link + "2"); err == nil || !strings.Contains(err.Error(), "another user made") {
			t.Errorf("another user's link: %v", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f, err := OpenIn(root, "link", "shown")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := ReadOpen(t.Context(), "shown", f, 3); !bytes.Equal(data, []byte("old")) || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

// TestSweep: what a killed program left is removed, and what another is writing is not.
func TestSweep(t *testing.T) {
	if !locks {
		t.Skip("the system has no locks")
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, TempPrefix+"left"), "half")
	put(t, filepath.Join(dir, ".other-left"), "not ours")
	put(t, filepath.Join(dir, "goodoffices-left"), "not ours")
	if err := os.Mkdir(filepath.Join(dir, TempPrefix+"folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, TempPrefix+"folder", "case.yaml"), "half")
	busy, err := createTemp(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	folder, remove, err := TempFolder(dir, TempPrefix)
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), filepath.Join(dir, "x"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := func() string {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return strings.Join(all, " ")
	}
	for _, want := range []string{busy.Name(), folder} {
		if !strings.Contains(names(), filepath.Base(want)) {
			t.Errorf("%s was in use, and is gone", want)
		}
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	os.Remove(busy.Name())
	if got := names(); got != ".other-left goodoffices-left x" {
		t.Errorf("there is %s", got)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b", "a", "c"} {
		put(t, filepath.Join(dir, name), "")
	}
	for most, want := range map[int]int{5: 3, 3: 3, 2: 3, 1: 2} {
		entries, err := List(dir, most)
		if err != nil || len(entries) != want {
			t.Errorf("at most %d: %v, %v", most, entries, err)
		}
		if most >= 3 && (entries[0].Name() != "a" || entries[2].Name() != "c") {
			t.Errorf("in the order %v", entries)
		}
	}
	if _, err := List(filepath.Join(dir, "a"), 1); err == nil || !strings.Contains(err.Error(), "cannot list") {
		t.Errorf("a file has no entries: %v", err)
	}
}
