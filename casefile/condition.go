package casefile

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/vote"
)

const (
	maxConditionSize  = 64 << 10 // bytes
	maxConditionDepth = 64       // of parentheses and negations
	maxConditionWork  = 1 << 30  // comparisons times joint options
	maxRange          = 100_000  // values of a range
)

// A ConditionError is a problem inside a condition.
type ConditionError struct {
	At      int    // byte of the condition, from 0
	Message string // what is wrong
	Fix     string // the likely fix, may be empty
}

// Error returns the message, the byte from 1, and the fix.
func (e *ConditionError) Error() string {
	text := fmt.Sprintf("%s at byte %d of the condition", e.Message, e.At+1)
	if e.Fix != "" {
		text += ": " + e.Fix
	}
	return text
}

// A condition is a parsed condition: a tree whose leaves compare or name.
type condition struct {
	op   conditionOp
	at   int    // byte at which it begins
	name string // of opCompare and opName
	cmp  outcome.Compare
	// literal of opCompare; its number when it is one
	literal token
	names   []token // of opCount and opVotes
	args    []*condition
}

type conditionOp uint8

const (
	opTrue conditionOp = iota
	opFalse
	opAnd
	opOr
	opNot
	opCompare
	opName
	opCount
	opVotes
)

type token struct {
	kind tokenKind
	at   int
	text string // of a text, without its quotes
}

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokName
	tokText
	tokNumber
	tokSymbol
)

var comparisons = map[string]outcome.Compare{
	"==": outcome.Equal, "!=": outcome.NotEqual,
	"<": outcome.Less, "<=": outcome.AtMost, ">": outcome.Greater, ">=": outcome.AtLeast,
}

// A conditionParser reads a condition by recursive descent, one token ahead.
type conditionParser struct {
	text  string
	next  int // byte after the token
	tok   token
	depth int
}

// parseCondition returns the tree of a condition, or the first thing in it that
// does not follow the grammar.
func parseCondition(text string) (*condition, *ConditionError) {
	if len(text) > maxConditionSize {
		return nil, &ConditionError{0, fmt.Sprintf("the condition has more than %d bytes", maxConditionSize), "split it into several conditions"}
	}
	p := &conditionParser{text: text}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokEnd {
		return nil, &ConditionError{0, "the condition is empty", "write one such as issue == 'option', or delete the key"}
	}
	c, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected("the end of the condition, && or ||")
	}
	return c, nil
}

func isLetter(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || b == '_'
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// advance reads the next token.
func (p *conditionParser) advance() *ConditionError {
	i := p.next
	for i < len(p.text) && strings.IndexByte(" \t\r\n", p.text[i]) >= 0 {
		i++
	}
	from, rest := i, p.text[i:]
	take := func(kind tokenKind, n int) *ConditionError {
		p.tok = token{kind, from, rest[:n]}
		p.next = from + n
		return nil
	}
	if rest == "" {
		return take(tokEnd, 0)
	}
	switch b := rest[0]; {
	case isLetter(b):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		return take(tokName, n)
	case isDigit(b) || (b == '-' || b == '+' || b == '.') && len(rest) > 1 && isDigit(rest[1]):
		n := 1
		for n < len(rest) && (isDigit(rest[n]) || rest[n] == '.' || isLetter(rest[n])) {
			n++
		}
		if _, err := ParseDecimal(rest[:n]); err != nil {
			return &ConditionError{from, err.Error(), ""}
		}
		return take(tokNumber, n)
	case b == '\'' || b == '"':
		n := strings.IndexByte(rest[1:], b)
		if n < 0 {
			return &ConditionError{from, "the quote is not closed", "end the option with " + string(b)}
		}
		p.tok = token{tokText, from, rest[1 : 1+n]}
		p.next = from + n + 2
		return nil
	}
	for _, s := range []string{"&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ","} {
		if strings.HasPrefix(rest, s) {
			return take(tokSymbol, len(s))
		}
	}
	fix := "conditions are written with == != < <= > >= && || ! ( )"
	switch rest[0] {
	case '=':
		fix = "write == to compare"
	case '&':
		fix = "write && for and"
	case '|':
		fix = "write || for or"
	}
	c, _ := utf8.DecodeRuneInString(rest)
	if meant := map[rune]string{'≤': "<=", '≥': ">=", '≠': "!=", '∧': "&&", '∨': "||", '¬': "!"}[c]; meant != "" {
		fix = "write " + meant
	}
	if strings.ContainsRune("‘’‚‛“”„«»‹›´`", c) {
		fix = "write straight quotes, as in 'option'"
		if text := strings.TrimLeft(rest[utf8.RuneLen(c):], " "); text != "" && isLetter(text[0]) {
			n := 1
			for n < len(text) && (isLetter(text[n]) || isDigit(text[n])) {
				n++
			}
			fix = fmt.Sprintf("write it in straight quotes: '%s'", text[:n])
		}
	}
	return &ConditionError{from, fmt.Sprintf("unexpected %s", quoted(string(c))), fix}
}

func (p *conditionParser) is(symbol string) bool {
	return p.tok.kind == tokSymbol && p.tok.text == symbol
}

func (p *conditionParser) unexpected(want string) *ConditionError {
	if p.tok.kind == tokEnd {
		return &ConditionError{p.tok.at, "the condition ends too early", "expected " + want}
	}
	e := &ConditionError{p.tok.at, "unexpected " + quoted(p.tok.text), "expected " + want}
	switch {
	case p.tok.kind == tokSymbol && p.tok.text == ">" && p.tok.at > 0 && p.text[p.tok.at-1] == '<':
		e.Fix = "write != for <>"
	case p.tok.kind == tokName:
		switch strings.ToLower(p.tok.text) {
		case "and":
			e.Fix = "write && for and"
		case "or":
			e.Fix = "write || for or"
		case "not":
			e.Fix = "write ! for not"
		case "in":
			e.Fix = "compare with each, as in issue == 'a' || issue == 'b'"
		}
	}
	return e
}

func (p *conditionParser) expect(symbol string) *ConditionError {
	if !p.is(symbol) {
		return p.unexpected(symbol)
	}
	return p.advance()
}

// deeper enters a parenthesis or negation.
func (p *conditionParser) deeper() *ConditionError {
	if p.depth++; p.depth > maxConditionDepth {
		return &ConditionError{p.tok.at, fmt.Sprintf("nested more than %d levels deep", maxConditionDepth), "split it into several conditions"}
	}
	return nil
}

func (p *conditionParser) or() (*condition, *ConditionError) {
	return p.chain("||", opOr, func() (*condition, *ConditionError) {
		return p.chain("&&", opAnd, p.unary)
	})
}

// chain reads one or more parts joined by a symbol.
func (p *conditionParser) chain(symbol string, op conditionOp, part func() (*condition, *ConditionError)) (*condition, *ConditionError) {
	first, err := part()
	if err != nil || !p.is(symbol) {
		return first, err
	}
	c := &condition{op: op, at: first.at, args: []*condition{first}}
	for p.is(symbol) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := part()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, next)
	}
	return c, nil
}

func (p *conditionParser) unary() (*condition, *ConditionError) {
	at := p.tok.at
	switch {
	case p.is("!"):
		if err := p.deeper(); err != nil {
			return nil, err
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		arg, err := p.unary()
		p.depth--
		return &condition{op: opNot, at: at, args: []*condition{arg}}, err
	case p.is("("):
		if err := p.deeper(); err != nil {
			return nil, err
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		c, err := p.or()
		if err != nil {
			return nil, err
		}
		p.depth--
		return c, p.expect(")")
	case p.tok.kind == tokText || p.tok.kind == tokNumber:
		literal := p.tok
		if err := p.advance(); err != nil {
			return nil, err
		}
		if _, ok := comparisons[p.tok.text]; ok && p.tok.kind == tokSymbol {
			return nil, &ConditionError{at, "a comparison begins with its issue", "write the issue first, as in issue == 'option'"}
		}
		return nil, &ConditionError{at, "unexpected " + quoted(literal.text), "compare an issue with it, as in issue == 'option'"}
	case p.tok.kind != tokName:
		return nil, p.unexpected("a name")
	}
	name := p.tok.text
	if err := p.advance(); err != nil {
		return nil, err
	}
	switch strings.ToLower(name) {
	case "true":
		return &condition{op: opTrue, at: at}, p.notCompared()
	case "false":
		return &condition{op: opFalse, at: at}, p.notCompared()
	case "not":
		return nil, &ConditionError{at, "unexpected 'not'", "write ! for not"}
	case "count":
		return p.count(at, opCount)
	case "votes":
		if p.is("(") {
			return p.count(at, opVotes)
		}
	}
	cmp, ok := comparisons[p.tok.text]
	if !ok || p.tok.kind != tokSymbol {
		return &condition{op: opName, at: at, name: name}, nil
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokEnd || p.tok.kind == tokSymbol {
		return nil, p.unexpected("an option in quotes or a number")
	}
	c := &condition{op: opCompare, at: at, name: name, cmp: cmp, literal: p.tok}
	if err := p.advance(); err != nil {
		return nil, err
	}
	return c, p.notCompared()
}

// notCompared refuses a further comparison behind a complete one.
func (p *conditionParser) notCompared() *ConditionError {
	if _, ok := comparisons[p.tok.text]; ok && p.tok.kind == tokSymbol {
		return &ConditionError{p.tok.at, "comparisons cannot be chained", "join two comparisons with &&"}
	}
	return nil
}

// count reads what follows the word count or votes.
func (p *conditionParser) count(at int, op conditionOp) (*condition, *ConditionError) {
	c := &condition{op: op, at: at}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	for {
		if p.tok.kind != tokName {
			return nil, p.unexpected("a name")
		}
		c.names = append(c.names, p.tok)
		if err := p.advance(); err != nil {
			return nil, err
		}
		if !p.is(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	cmp, ok := comparisons[p.tok.text]
	if !ok || p.tok.kind != tokSymbol {
		return nil, p.unexpected("a comparison such as >= 2")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != tokNumber {
		return nil, p.unexpected("a number")
	}
	c.cmp, c.literal = cmp, p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	return c, p.notCompared()
}

// leaves visits the comparisons, names and counts of the tree, from left to right.
func (c *condition) leaves(visit func(*condition)) {
	if len(c.args) == 0 {
		visit(c)
	}
	for _, arg := range c.args {
		arg.leaves(visit)
	}
}

// compare returns the options of the issue for which the comparison c holds, or
// why it is none.
func (c *condition) compare(is *Issue) ([]bool, *ConditionError) {
	bad := func(message, fix string) ([]bool, *ConditionError) {
		return nil, &ConditionError{c.literal.at, message, fix}
	}
	holds := make([]bool, is.Len())
	if is.Range == nil {
		k, known := is.Options.Position(c.literal.text)
		switch {
		case c.cmp != outcome.Equal && c.cmp != outcome.NotEqual:
			return bad(fmt.Sprintf("the options of %s have no order", c.name), "compare them with == or !=")
		case c.literal.kind == tokName && known:
			return bad(fmt.Sprintf("the option %s stands without quotes", c.literal.text), fmt.Sprintf("write '%s'", c.literal.text))
		case c.literal.kind == tokNumber:
			return bad(fmt.Sprintf("%s has options, not numbers", c.name), didYouMean(c.literal.text, is.Options.Keys()))
		case !known:
			return bad(fmt.Sprintf("%s has no option %s", c.name, quoted(c.literal.text)), didYouMean(c.literal.text, is.Options.Keys()))
		}
		for i := range holds {
			holds[i] = (i == k) == (c.cmp == outcome.Equal)
		}
		return holds, nil
	}
	if c.literal.kind != tokNumber {
		return bad(fmt.Sprintf("%s is a range of numbers, not of options", c.name), "compare it with a number, without quotes")
	}
	d, _ := ParseDecimal(c.literal.text)
	k, why := is.Range.position(d)
	if why != nil {
		return bad(fmt.Sprintf("%s is no value of %s", c.literal.text, c.name), why.Error())
	}
	for i := range holds {
		holds[i] = c.cmp.Holds(i - k)
	}
	return holds, nil
}

// checkPackages reports what in a condition over packages does not fit the issues.
func (c *condition) checkPackages(issues Map[IssueID, Issue], report func(*ConditionError)) {
	c.leaves(func(leaf *condition) {
		switch leaf.op {
		case opCount:
			report(&ConditionError{leaf.at, "count adds up consents, not issues", "compare each issue on its own"})
		case opVotes:
			report(&ConditionError{leaf.at, "votes adds up consents, not issues", "compare each issue on its own"})
		case opName, opCompare:
			is, ok := issues.Get(IssueID(leaf.name))
			if !ok {
				report(&ConditionError{leaf.at, "unknown issue " + quoted(leaf.name), didYouMean(leaf.name, issues.Keys())})
				return
			}
			if leaf.op == opName {
				fix := fmt.Sprintf("write %s == 'option'", leaf.name)
				if is.Range != nil {
					fix = fmt.Sprintf("write %s <= number", leaf.name)
				}
				report(&ConditionError{leaf.at, "an issue is compared with one of its options", fix})
				return
			}
			if leaf.literal.kind == tokName && issues.Has(IssueID(leaf.literal.text)) {
				report(&ConditionError{leaf.literal.at, "two issues cannot be compared with each other", "compare each with one of its own options"})
				return
			}
			if is.Len() == 0 {
				return // reported at the issue
			}
			if _, err := leaf.compare(&is); err != nil {
				report(err)
			}
		}
	})
}

// checkConsents reports what in a condition over consents does not fit the voters.
func (c *condition) checkConsents(v voters, report func(*ConditionError)) {
	names, what := v.names, v.what
	known := func(name string, at int) {
		if !slices.Contains(names, name) {
			fix := didYouMean(name, names)
			if best := plain.Nearest(name, names); best == "" && v.votes != nil {
				if rule := plain.Nearest(name, vote.Names()); rule != "" {
					fix = didYouMean(name, []string{rule})
				}
			}
			report(&ConditionError{at, fmt.Sprintf("unknown %s %s", what, quoted(name)), fix})
		}
	}
	c.leaves(func(leaf *condition) {
		switch leaf.op {
		case opCompare:
			report(&ConditionError{leaf.at, "here a name is a yes, and is compared with nothing", fmt.Sprintf("write %s or !%s", leaf.name, leaf.name)})
		case opName:
			if form, ok := v.form(leaf.name); ok {
				if err := v.checkForm(leaf, &form); err != nil {
					report(err)
				}
				return
			}
			known(leaf.name, leaf.at)
		case opCount, opVotes:
			for i, n := range leaf.names {
				known(n.text, n.at)
				if slices.ContainsFunc(leaf.names[:i], func(o token) bool { return o.text == n.text }) {
					report(&ConditionError{n.at, quoted(n.text) + " is counted twice", "name it once"})
				}
			}
			if leaf.op == opVotes {
				if err := v.checkVotes(leaf); err != nil {
					report(err)
				}
				return
			}
			if n, err := strconv.Atoi(leaf.literal.text); err != nil || n < 0 || n > len(leaf.names) {
				report(&ConditionError{leaf.literal.at, fmt.Sprintf("a count of %d names is never compared with %s", len(leaf.names), leaf.literal.text),
					fmt.Sprintf("use a whole number from 0 to %d", len(leaf.names))})
			}
		}
	})
}

// issues returns the ascending positions of the issues that the condition names.
func (c *condition) issues(issues Map[IssueID, Issue]) []int {
	var at []int
	seen := make(map[string]bool)
	c.leaves(func(leaf *condition) {
		if k, ok := issues.Position(IssueID(leaf.name)); ok && leaf.op == opCompare && !seen[leaf.name] {
			seen[leaf.name] = true
			at = append(at, k)
		}
	})
	slices.Sort(at)
	return at
}

// size returns the number of joint options that the condition spans, or an error
// that says which issues to separate.
func (c *condition) size(issues Map[IssueID, Issue]) (int, *ConditionError) {
	n := 1
	var spans []string
	tooLarge := false
	for _, k := range c.issues(issues) {
		id, is := issues.At(k)
		spans = append(spans, fmt.Sprintf("%s (%d)", id, is.Len()))
		if n *= max(1, is.Len()); n > outcome.MaxTable {
			n, tooLarge = outcome.MaxTable, true
		}
	}
	if tooLarge {
		return 0, &ConditionError{0, fmt.Sprintf("the condition joins %s: more than %d joint options", list(spans, "and"), outcome.MaxTable),
			"separate these issues into several conditions"}
	}
	leaves := 0
	c.leaves(func(*condition) { leaves++ })
	if leaves > maxConditionWork/n {
		return 0, &ConditionError{0, fmt.Sprintf("%d comparisons over %d joint options are too many", leaves, n), "split it into several conditions"}
	}
	return n, nil
}

// table returns the joint options for which a condition that checks holds.
func (c *condition) table(issues Map[IssueID, Issue]) (outcome.Table, error) {
	if _, err := c.size(issues); err != nil {
		return outcome.Table{}, err
	}
	var failed error
	positions := c.issues(issues)
	sizes := make([]int, len(positions))
	index := make(map[string]int, len(positions))
	for k, i := range positions {
		id, is := issues.At(i)
		sizes[k], index[string(id)] = is.Len(), k
	}
	set := c.evaluate(sizes, func(leaf *condition) (int, []bool) {
		k := index[leaf.name]
		_, is := issues.At(positions[k])
		holds, err := leaf.compare(&is)
		if err != nil {
			failed = err
			return 0, nil
		}
		return k, holds
	})
	if failed != nil {
		return outcome.Table{}, failed
	}
	all := make([]outcome.Issue, issues.Len())
	for k, i := range positions {
		all[i].Options = sizes[k]
	}
	rank := -1 // joint options come in the order of the set
	return outcome.NewTable(all, positions, func([]int) bool {
		rank++
		return set[rank/64]>>(rank%64)&1 != 0
	})
}

// evaluate returns the set of joint options, last issue fastest, for which the
// condition holds. Sets are words of bits, so that a thousand comparisons over a
// million joint options take milliseconds.
func (c *condition) evaluate(sizes []int, compare func(*condition) (issue int, holds []bool)) []uint64 {
	total := 1
	for _, n := range sizes {
		total *= n
	}
	words := (total + 63) / 64
	var eval func(c *condition) []uint64
	eval = func(c *condition) []uint64 {
		set := make([]uint64, words)
		switch c.op {
		case opTrue:
			for i := range set {
				set[i] = ^uint64(0)
			}
		case opCompare:
			issue, holds := compare(c)
			if holds == nil {
				return set
			}
			block := 1
			for _, n := range sizes[issue+1:] {
				block *= n
			}
			for from := 0; from < total; from += block * len(holds) {
				for k, h := range holds {
					if h {
						fill(set, from+k*block, block)
					}
				}
			}
		case opNot:
			for i, w := range eval(c.args[0]) {
				set[i] = ^w
			}
		case opAnd, opOr:
			set = eval(c.args[0])
			for _, arg := range c.args[1:] {
				for i, w := range eval(arg) {
					if c.op == opAnd {
						set[i] &= w
					} else {
						set[i] |= w
					}
				}
			}
		}
		return set
	}
	return eval(c)
}

// fill sets n bits from the given one.
func fill(set []uint64, from, n int) {
	for n > 0 {
		bit := from % 64
		k := min(64-bit, n)
		set[from/64] |= (^uint64(0) >> (64 - k)) << bit
		from += k
		n -= k
	}
}

// rule returns a condition over consents that checks as a rule over the voters.
func (c *condition) rule(v voters) outcome.Rule {
	names := v.names
	switch c.op {
	case opFalse:
		return outcome.Not(outcome.Always())
	case opName:
		if form, ok := v.form(c.name); ok {
			return v.formRule(&form)
		}
		return outcome.Name(slices.Index(names, c.name))
	case opVotes:
		return v.votesRule(c)
	case opCount:
		var set uint64
		for _, n := range c.names {
			set |= 1 << slices.Index(names, n.text)
		}
		n, _ := strconv.Atoi(c.literal.text)
		return outcome.CountOf(set, c.cmp, n)
	case opNot:
		return outcome.Not(c.args[0].rule(v))
	case opAnd:
		return fold(c.args, v, outcome.And)
	case opOr:
		return fold(c.args, v, outcome.Or)
	}
	return outcome.Always()
}

// fold joins the rules of args in a tree whose depth grows with their logarithm.
func fold(args []*condition, v voters, join func(a, b outcome.Rule) outcome.Rule) outcome.Rule {
	if len(args) == 1 {
		return args[0].rule(v)
	}
	half := len(args) / 2
	return join(fold(args[:half], v, join), fold(args[half:], v, join))
}

// position returns the position of a number on the grid of the range, or an error
// that names its neighbours there.
func (r *Range) position(d Decimal) (int, error) {
	n := r.len()
	if n == 0 {
		return 0, fmt.Errorf("the range is malformed")
	}
	steps := new(big.Rat).Sub(d.Rat(), r.From.Rat())
	steps.Quo(steps, r.Step.Rat())
	if steps.Sign() < 0 || steps.Cmp(big.NewRat(int64(n-1), 1)) > 0 {
		return 0, fmt.Errorf("the range goes from %s to %s", r.From, r.To)
	}
	if !steps.IsInt() {
		below := new(big.Int).Quo(steps.Num(), steps.Denom()).Int64()
		return 0, fmt.Errorf("its neighbours on the grid are %s and %s", r.at(int(below)), r.at(int(below)+1))
	}
	return int(steps.Num().Int64()), nil
}

// len returns the number of values, 0 when the range is malformed or too long.
func (r *Range) len() int {
	if r.Step.Rat().Sign() <= 0 {
		return 0
	}
	steps := new(big.Rat).Sub(r.To.Rat(), r.From.Rat())
	steps.Quo(steps, r.Step.Rat())
	if steps.Sign() < 0 || !steps.IsInt() || steps.Cmp(big.NewRat(maxRange-1, 1)) > 0 {
		return 0
	}
	return int(steps.Num().Int64()) + 1
}

// at returns the value at a position.
func (r *Range) at(k int) Decimal {
	v := new(big.Rat).Mul(r.Step.Rat(), big.NewRat(int64(k), 1))
	return Decimal{v.Add(v, r.From.Rat())}
}
