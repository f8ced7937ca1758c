package plain

import (
	"fmt"
	"regexp"
	"strings"
)

// A Dialect says how a table writes numbers. The zero value knows nothing.
type Dialect struct {
	Comma, Point bool // seen before decimals
	// Cells are separated by semicolons, as where a comma stands before decimals: it does
	// unless points were seen there.
	Semicolons bool
}

var (
	// commaDecimals and pointDecimals match numbers that can be read in one way only.
	commaDecimals = regexp.MustCompile(`^[-+]?(\d+,(\d{1,2}|\d{4,})|0,\d+|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})$`)
	pointDecimals = regexp.MustCompile(`^[-+]?(\d+\.(\d{1,2}|\d{4,})|0\.\d+|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})$`)
	commaGroups   = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$`)
	pointGroups   = regexp.MustCompile(`^[-+]?\d{1,3}(\.\d{3})+(,\d+)?$`)
	blankGroups   = regexp.MustCompile(`^[-+]?\d{1,3}([\p{Zs}'’]\d{3})+([.,]\d+)?$`)
	blankOf       = regexp.MustCompile(`[\p{Zs}'’]`)
)

// Learn looks at a text of the table for what it shows of its numbers.
func (d *Dialect) Learn(text string) {
	d.Comma = d.Comma || commaDecimals.MatchString(text)
	d.Point = d.Point || pointDecimals.MatchString(text)
}

// Number returns a number as programs write it, with a point and without thousands; a text
// that is no number, as it is. The error says that a number can be read in two ways.
func (d Dialect) Number(text string) (string, error) {
	t := strings.ReplaceAll(strings.TrimSpace(text), "−", "-")
	if blankGroups.MatchString(t) {
		t = blankOf.ReplaceAllString(t, "")
	}
	comma := (d.Comma || d.Semicolons) && !d.Point
	swapped := strings.Replace(strings.ReplaceAll(t, ".", ""), ",", ".", 1)
	switch {
	case commaDecimals.MatchString(t):
		return swapped, nil
	case pointDecimals.MatchString(t):
		return strings.ReplaceAll(t, ",", ""), nil
	case pointGroups.MatchString(t): // 1.234
		switch {
		case d.Comma && d.Point:
			return "", fmt.Errorf("'%s' may be %s or %s, since the table has decimals with points and with commas: write all with points", t, swapped, t)
		case d.Comma:
			return swapped, nil
		case comma:
			return "", fmt.Errorf("'%s' may be %s or %s: write it without the point, or with a comma", t, swapped, t)
		}
	case commaGroups.MatchString(t): // 1,234
		switch {
		case d.Point && !d.Comma:
			return strings.ReplaceAll(t, ",", ""), nil
		case comma:
			return swapped, nil
		}
		return "", fmt.Errorf("'%s' may be %s or %s: write it without the comma, or with a point", t, strings.ReplaceAll(t, ",", ""), strings.ReplaceAll(t, ",", "."))
	case comma && strings.Contains(t, ","):
		return swapped, nil
	}
	return t, nil
}
