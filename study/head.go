package study

import (
	"fmt"
	"strconv"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
)

// A headField is a field of a transcript's head: what of it stands there, nothing for a default that need not be
// said, and how a value is taken in.
type headField struct {
	key  string
	get  func(t *Talks, c *casefile.Choice) []string
	take func(t *Talks, c *casefile.Choice, value string) error
}

// The fields in their order; strategies stand last, one for each seat.
var headFields = []headField{
	{"view", func(_ *Talks, c *casefile.Choice) []string { return said(c.View) },
		func(_ *Talks, c *casefile.Choice, v string) error { c.View = v; return nil }},
	{"lever", func(_ *Talks, c *casefile.Choice) []string { return c.Levers },
		func(_ *Talks, c *casefile.Choice, v string) error { c.Levers = append(c.Levers, v); return nil }},
	textField("protocol", func(t *Talks) *string { return &t.Protocol }, true),
	listField("file", func(t *Talks) *[]string { return &t.Files }),
	{"reopen", func(t *Talks, _ *casefile.Choice) []string {
		if !t.Reopen {
			return nil
		}
		return []string{"true"}
	}, func(t *Talks, _ *casefile.Choice, v string) (err error) {
		t.Reopen, err = strconv.ParseBool(v)
		return err
	}},
	countField("direct-after", func(t *Talks) *int { return &t.DirectAfter }, false),
	countField("direct-yeses", func(t *Talks) *int { return &t.DirectYeses }, false),
	textField("direct-when", func(t *Talks) *string { return &t.DirectWhen }, false),
	countField("rounds", func(t *Talks) *int { return &t.Rounds }, true),
	{"breakdown", func(t *Talks, _ *casefile.Choice) []string {
		if t.Breakdown == 0 {
			return nil
		}
		return []string{strconv.FormatFloat(t.Breakdown, 'g', -1, 64)}
	}, func(t *Talks, _ *casefile.Choice, v string) (err error) {
		t.Breakdown, err = strconv.ParseFloat(v, 64)
		return err
	}},
	textField("discount-by", func(t *Talks) *string { return &t.DiscountBy }, false),
	textField("clock", func(t *Talks) *string { return &t.Clock }, false),
	listField("unmet", func(t *Talks) *[]string { return &t.Unmet }),
	listField("meet", func(t *Talks) *[]string { return &t.Meet }),
	listField("unmeet", func(t *Talks) *[]string { return &t.Unmeet }),
	listField("amend", func(t *Talks) *[]string { return &t.Amend }),
	{"seed", func(t *Talks, _ *casefile.Choice) []string { return []string{strconv.FormatUint(t.Seed, 10)} },
		func(t *Talks, _ *casefile.Choice, v string) (err error) {
			t.Seed, err = strconv.ParseUint(v, 0, 64)
			return err
		}},
	{"strategy", func(*Talks, *casefile.Choice) []string { return nil },
		func(t *Talks, _ *casefile.Choice, v string) error { t.Strategies = append(t.Strategies, v); return nil }},
}

func said(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// textField is a text, which always stands in the head or where it is not the default.
func textField(key string, at func(*Talks) *string, always bool) headField {
	return headField{key, func(t *Talks, _ *casefile.Choice) []string {
		usual := DefaultTalks()
		if !always && *at(t) == *at(&usual) {
			return nil
		}
		return []string{*at(t)}
	}, func(t *Talks, _ *casefile.Choice, v string) error { *at(t) = v; return nil }}
}

// countField is likewise a number.
func countField(key string, at func(*Talks) *int, always bool) headField {
	return headField{key, func(t *Talks, _ *casefile.Choice) []string {
		usual := DefaultTalks()
		if !always && *at(t) == *at(&usual) {
			return nil
		}
		return []string{strconv.Itoa(*at(t))}
	}, func(t *Talks, _ *casefile.Choice, v string) (err error) {
		n, err := strconv.ParseInt(v, 0, strconv.IntSize)
		*at(t) = int(n)
		return err
	}}
}

// listField is a field that stands once for each value.
func listField(key string, at func(*Talks) *[]string) headField {
	return headField{key, func(t *Talks, _ *casefile.Choice) []string { return *at(t) },
		func(t *Talks, _ *casefile.Choice, v string) error { *at(t) = append(*at(t), v); return nil }}
}

// Head returns the head of the talks' transcript: the case, as it is named, and everything that says
// how they are played.
func (t *Table) Head(cases []string) []transcript.Field {
	var head []transcript.Field
	add := func(key string, values ...string) {
		for _, v := range values {
			head = append(head, transcript.Field{Key: key, Value: v})
		}
	}
	add("case", cases...)
	add("hash", t.File.Hash())
	for _, f := range headFields {
		add(f.key, f.get(&t.Talks, &t.Choice)...)
	}
	for seat, spec := range t.Specs {
		add("strategy", t.Setting.Name(protocol.Seat(seat))+"="+spec)
	}
	return head
}

// A Head is what the head of a transcript says: the talks, and the case that they are on.
type Head struct {
	Talks
	Choice casefile.Choice
	Cases  []string
	Hash   string // of the case, empty where it is not said
}

// ReadHead reads the head of a transcript. It fails with a [transcript.Error].
func ReadHead(tr *transcript.Transcript) (*Head, error) {
	h := &Head{Talks: DefaultTalks()}
	keys := []string{}
	for _, f := range headFields {
		keys = append(keys, f.key)
	}
	for _, field := range tr.Fields {
		bad := func(format string, args ...any) error {
			return &transcript.Error{Name: tr.Name, Line: field.Line, Column: 1, Problem: fmt.Sprintf(format, args...)}
		}
		switch field.Key {
		case "case":
			h.Cases = append(h.Cases, field.Value)
			continue
		case "hash":
			h.Hash = field.Value
			continue
		}
		known := false
		for _, f := range headFields {
			if f.key != field.Key {
				continue
			}
			known = true
			if err := f.take(&h.Talks, &h.Choice, field.Value); err != nil {
				return nil, bad("%s: %s", field.Key, err)
			}
		}
		if !known {
			return nil, bad("unknown field %q%s", field.Key, plain.Meant(field.Key, append(keys, "case", "hash")))
		}
	}
	return h, nil
}
