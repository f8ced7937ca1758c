// Package plain knows what people and spreadsheets save as plain text: its encoding, tables of
// separated values, numbers with decimal commas and thousands, which texts a spreadsheet would
// take for a formula, and which name a mistyped one means.
package plain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var encodingName = regexp.MustCompile(`encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// UTF8 returns a file's text in UTF-8. What is neither that nor UTF-16, and declares no
// encoding as XML does, is read as Latin-1, and guessed says so.
func UTF8(data []byte) (text []byte, guessed bool, err error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return utf16Text(data[2:], binary.LittleEndian), false, nil
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return utf16Text(data[2:], binary.BigEndian), false, nil
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	declared := ""
	if _, rest, ok := bytes.Cut(data, []byte("<?xml")); ok {
		rest, _, _ = bytes.Cut(rest[:min(len(rest), 300)], []byte("?>"))
		if m := encodingName.FindSubmatch(rest); m != nil {
			declared = strings.ToLower(string(m[1]))
		}
	}
	latin := false
	switch declared {
	case "iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252":
		latin = true
	case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16":
	default:
		if !utf8.Valid(data) {
			return nil, false, fmt.Errorf("its encoding is %s: save it as UTF-8", strconv.Quote(declared))
		}
	}
	if utf8.Valid(data) && !latin {
		return data, false, nil
	}
	text = make([]byte, 0, len(data)+len(data)/8)
	for _, b := range data {
		r := rune(b)
		if b >= 0x80 && b < 0xa0 {
			r = windows1252[b-0x80]
		}
		text = utf8.AppendRune(text, r)
	}
	return text, !latin, nil
}

// windows1252 is what that encoding, and files that claim Latin-1, have from 0x80 to 0x9f.
var windows1252 = []rune("€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ")

func utf16Text(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// IsYAML reports whether a file's name says that it is YAML.
func IsYAML(name string) bool {
	ext := filepath.Ext(name)
	return strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml")
}

// yamlDirective matches the line of a YAML file that says its version, with only comments
// and other directives before it.
var yamlDirective = regexp.MustCompile(`^(?:[ \t\r]*(?:[#%][^\n]*)?\n)*?(%)YAML[ \t]+(\d{1,6}\.\d{1,6})[ \t\r]*(?:#[^\n]*)?\n`)

// YAMLVersion returns the version that a YAML text says it has, as in 1.2, and the text with
// that line as a comment: readers of YAML differ in which versions they let pass. Without
// the line the version is empty. At is the offset of the line.
func YAMLVersion(text []byte) (plain []byte, version string, at int) {
	m := yamlDirective.FindSubmatchIndex(text)
	if m == nil {
		return text, "", 0
	}
	plain = bytes.Clone(text)
	plain[m[2]] = '#'
	return plain, string(text[m[4]:m[5]]), m[2]
}
