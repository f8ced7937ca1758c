package report

import (
	"fmt"
	"html/template"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/diagnose"
)

// blocked is the section on the smallest sets of conditions that exclude every package.
func (s *paper) blocked() section {
	d := s.diagnosed
	out := section{ID: "blocks", Title: "What blocks a deal"}
	if d.Hopeless {
		out.Sentences = []string{fmt.Sprintf("%s, the logical and legal requirements alone exclude every package. Nothing that a party could concede opens a zone.", s.under(s.Main))}
		return out
	}
	n := len(d.BlockingSets)
	if n == 0 {
		out.Sentences = []string{capital(clean(d.Why)) + "."}
		return out
	}
	text := fmt.Sprintf("%s, there are %d smallest sets of conditions that no package satisfies together. As long as one of them stands in full, there is no deal.", s.under(s.Main), n)
	if n == 1 {
		text = fmt.Sprintf("%s, one smallest set of conditions blocks every deal: no package satisfies all of it.", s.under(s.Main))
	}
	if !d.Complete {
		text = fmt.Sprintf("%s, no package satisfies the following conditions together. There may be more such sets than the %d found.", s.under(s.Main), n)
	}
	out.Sentences = []string{text}
	out.Short = strings.TrimSuffix(s.blockedBy(&d.BlockingSets[0]), ".")
	if n > 1 {
		out.Short += fmt.Sprintf("; and %s", plural(n-1, "other set", "other sets"))
	}
	out.Short += "."
	reasons := sectionList{Head: "The shortest reasons", Numbered: true, Left: left(n-shownSets, d.Complete)}
	var sets [][]string
	var said []string
	for i := range d.BlockingSets[:min(n, shownSets)] {
		text := s.blockedBy(&d.BlockingSets[i])
		reasons.Items = append(reasons.Items, text)
		sets = append(sets, d.BlockingSets[i].Conditions)
		said = append(said, fmt.Sprintf("%d: %s", i+1, text))
	}
	out.Lists = append(out.Lists, reasons)
	if lines := s.weakLines(); len(lines) > 0 {
		const most = 3
		out.Lists = append(out.Lists, sectionList{Head: "What the verdict hangs on and is weakly supported", Items: lines[:min(len(lines), most)], Left: left(len(lines)-most, true)})
	}
	out.Drawing = s.conditionDrawing("blocks", "Which conditions block a deal together", strings.Join(said, " "), sets, nil)
	out.Caption = "Each column is one reason, with its number above: no package satisfies the conditions marked in it together."
	out.Limits = s.conditionRows(sets)
	return out
}

// opening is the section on the smallest changes that open a zone.
func (s *paper) opening() section {
	d := s.diagnosed
	out := section{ID: "opens", Title: "What would open one"}
	n := len(d.OpeningSets)
	if n == 0 {
		out.Sentences = []string{"No change that would open a zone was found within the budget of work."}
		return out
	}
	first := &d.OpeningSets[0]
	var parts []string
	for i := range first.Concedes {
		parts = append(parts, s.concedes(&first.Concedes[i]))
	}
	out.Short = capital(sentenceList(parts)) + "."
	text := fmt.Sprintf("%s, the smallest change that opens a zone is this: %s.", s.under(s.Main), sentenceList(parts))
	if n > 1 {
		text += " Changes are ordered by the number of conditions, then by points, and by nothing else."
	}
	out.Sentences = []string{text}
	changes := sectionList{Head: "The smallest changes, each with a package that it opens", Numbered: true, Left: left(n-shownSets, d.Complete)}
	var sets [][]string
	var said, asked []string
	for i := range d.OpeningSets[:min(n, shownSets)] {
		o := &d.OpeningSets[i]
		text := s.openedBy(o)
		changes.Items = append(changes.Items, text)
		sets = append(sets, o.Relax)
		said = append(said, fmt.Sprintf("%d: %s", i+1, text))
		points := ""
		if o.Points.Sign() > 0 {
			points = decimals(o.Points)
		}
		asked = append(asked, points)
	}
	out.Lists = append(out.Lists, changes)
	if all := d.Concessions; len(all) > 0 {
		var enough []string
		for i := range all[:min(len(all), 3)] {
			enough = append(enough, s.conceding(&all[i]))
		}
		text := "In points alone, everything else as it is, this is enough: " + enough[0]
		if len(enough) > 1 {
			text = "In points alone, everything else as it is, any of these is enough: " + strings.Join(enough, "; or ")
		}
		if n := len(all) - len(enough); n > 0 {
			text += fmt.Sprintf("; and %d more", n)
			if !d.ConcessionsComplete {
				text += " that are known"
			}
		}
		out.Sentences = append(out.Sentences, text+".")
	}
	if d.ConcessionsWhy != "" {
		out.Sentences = append(out.Sentences, capital(clean(d.ConcessionsWhy))+".")
	}
	if len(s.Main.Space.Parties) == 2 && len(d.Concessions) > 1 {
		out.Drawing = s.stairs(out.Sentences[1])
		out.Caption = "Points that each side would accept below its no-deal value, everything else as it is. Every dot is a smallest pair that is enough; so is anything in the tinted part."
		return out
	}
	out.Drawing = s.conditionDrawing("opens", "Which changes open a zone", strings.Join(said, " "), sets, asked)
	out.Caption = "Each column is one change, with its number above: the conditions marked in it give way together. Below: points asked below no-deal values, where any are."
	return out
}

// left says how many entries are not shown, without its full stop.
func left(n int, complete bool) string {
	switch {
	case n <= 0:
		return ""
	case complete:
		return fmt.Sprintf("And %d more", n)
	}
	return fmt.Sprintf("And %d more that are known", n)
}

// inOrder returns the conditions of sets in the order of the diagnosis.
func (s *paper) inOrder(sets [][]string) []named {
	var out []named
	for i := range s.diagnosed.Conditions {
		c := &s.diagnosed.Conditions[i]
		if slices.ContainsFunc(sets, func(set []string) bool { return slices.Contains(set, c.ID) }) {
			out = append(out, s.named(c))
		}
	}
	return out
}

// conditionRows are the conditions of sets with their reasons.
func (s *paper) conditionRows(sets [][]string) []limit {
	var rows []limit
	for _, n := range s.inOrder(sets) {
		row := limit{Who: "Everybody", What: capital(n.Name), Because: n.Because, Confidence: n.Confidence, Refs: s.cite(n.Statements)}
		if n.Party >= 0 {
			row.Who = partyTitle(s.File.Case, n.Party)
		}
		if n.Text != "" && n.Kind != "no_deal" {
			row.What += ": " + n.rule()
		}
		rows = append(rows, row)
	}
	return rows
}

// conditionDrawing draws sets of conditions.
func (s *paper) conditionDrawing(name, title, shows string, sets [][]string, under []string) template.HTML {
	rows := s.inOrder(sets)
	titles := make([]string, len(rows))
	for i := range rows {
		titles[i] = capital(rows[i].Name)
	}
	return setDrawing(name, title, shows, titles, len(sets), func(row, set int) bool { return slices.Contains(sets[set], rows[row].ID) }, "Points asked", under)
}

// setDrawing draws members as rows and sets of them as numbered columns, a filled circle
// where the member is in the set, with a text under each column.
func setDrawing(name, title, shows string, rows []string, sets int, in func(row, set int) bool, what string, under []string) template.HTML {
	const step = 26
	var d drawing
	at := func(k int) int { return drawingWidth - step/2 - (sets-1-k)*step }
	room := (at(0) - step/2) * drawingColumns / drawingWidth
	for k := range sets {
		d.text("head middle", at(k), lineHeight, decimal(k+1))
	}
	d.y = lineHeight + 6
	type span struct{ from, to int }
	spans := make([]span, sets)
	var marks drawing
	for row, title := range rows {
		lines := wrap(title, room)
		height := max(step, len(lines)*lineHeight+10)
		middle := d.y + height/2
		d.path("rule", "M0 %dH%d", d.y, drawingWidth)
		for i, line := range lines {
			d.text("", 0, middle+4-(len(lines)-1)*lineHeight/2+i*lineHeight, line)
		}
		for k := range sets {
			if !in(row, k) {
				d.circle("faint", at(k), middle, 3)
				continue
			}
			marks.circle("full", at(k), middle, 7)
			if spans[k].from == 0 {
				spans[k].from = middle
			}
			spans[k].to = middle
		}
		d.y += height
	}
	for k := range sets {
		d.path("link", "M%d %dV%d", at(k), spans[k].from, spans[k].to)
	}
	d.WriteString(marks.String())
	if slices.ContainsFunc(under, func(s string) bool { return s != "" }) {
		d.path("rule", "M0 %dH%d", d.y, drawingWidth)
		d.text("", 0, d.y+17, what)
		for k, text := range under {
			d.text("value middle", at(k), d.y+17, text)
		}
		d.y += step
	}
	return d.figure(name, title, shows)
}

// stairs draws the concessions of two parties: across, what the first would accept
// below its no-deal value, up, the second.
func (s *paper) stairs(shows string) template.HTML {
	const left, top, side, bottom = 44, 22, 300, 272
	r, c := s.Main, s.File.Case
	all := slices.Clone(s.diagnosed.Concessions)
	slices.SortStableFunc(all, func(a, b diagnose.Concession) int { return a.Points[0].Cmp(b.Points[0]) })
	axes := make([]axis, 2)
	for p := range axes {
		row := &r.Space.Parties[p].Row
		axes[p] = axis{row: row}
		for i := range all {
			axes[p].high = max(axes[p].high, units(all[i].Points[p], row.Units()))
		}
		axes[p].high += max(axes[p].high/6, 1)
	}
	x := func(i int) int { return left + axes[0].at(units(all[i].Points[0], axes[0].row.Units()), side) }
	y := func(i int) int { return bottom - axes[1].at(units(all[i].Points[1], axes[1].row.Units()), bottom-top) }
	var d drawing
	area := fmt.Sprintf("M%d %d", x(0), top)
	for i := range all {
		if i > 0 {
			area += fmt.Sprintf("H%d", x(i))
		}
		area += fmt.Sprintf("V%d", y(i))
	}
	d.path("tint", "%sH%dV%dZ", area, left+side, top)
	ticks, labels := axes[0].ticks(6)
	for k, u := range ticks {
		at := left + axes[0].at(u, side)
		d.path("rule", "M%d %dV%d", at, top, bottom)
		d.text("soft middle", at, bottom+16, labels[k])
	}
	ticks, labels = axes[1].ticks(6)
	for k, u := range ticks {
		at := bottom - axes[1].at(u, bottom-top)
		d.path("rule", "M%d %dH%d", left, at, left+side)
		d.text("soft end", left-6, at+4, labels[k])
	}
	d.path("axis", "M%d %dV%dH%d", left, top, bottom, left+side)
	for i := range all {
		d.circle("full", x(i), y(i), 4)
	}
	d.text("head end", left+side, bottom+34, fit(partyTitle(c, 0), 40)+" →")
	d.text("head", 0, 12, "↑ "+fit(partyTitle(c, 1), 40))
	d.text("middle", left+side*7/10, top+40, "a deal is possible")
	d.y = bottom + 36
	return d.figure("opens", "What each side would have to accept below its no-deal value", shows)
}

// units returns points in a row's units.
func units(points *big.Rat, scale int64) int64 {
	u := new(big.Rat).Mul(points, big.NewRat(scale, 1))
	return new(big.Int).Div(u.Num(), u.Denom()).Int64()
}

// closing is the section on how close a zone is to closing.
func (s *paper) closing() section {
	k := s.diagnosed.Slack
	out := section{ID: "closes", Title: "What could close the zone"}
	out.Short, out.Sentences = s.closest()
	if lines := s.withdrawLines(); len(lines) > 0 {
		out.Lists = append(out.Lists, sectionList{Head: "What could still be withdrawn", Items: lines})
	}
	out.Drawing, out.Caption = s.slackDrawing(k)
	var binding []string
	for _, b := range k.Conditions {
		if b.Growth != nil && b.Growth.Sign() != 0 {
			binding = append(binding, b.Condition)
		}
	}
	if binding != nil {
		out.Limits = s.conditionRows([][]string{binding})
	}
	if k.Why != "" {
		out.Notes = append(out.Notes, "Not known: "+clean(k.Why)+".")
	}
	return out
}

// closest says first, and in short, what is nearest to closing the zone.
func (s *paper) closest() (short string, out []string) {
	r, k := s.Main, s.diagnosed.Slack
	c := s.File.Case
	var least *big.Rat
	at := -1
	for p := range r.Space.Parties {
		if raise := k.Raise[p]; raise != nil && (least == nil || raise.Cmp(least) < 0) {
			least, at = raise, p
		}
	}
	if at >= 0 {
		party := &r.Space.Parties[at]
		text := fmt.Sprintf("%s, the no-deal value nearest to closing the zone is that of %s: it could rise by %s, from %s to %s, before no package is left.",
			s.under(r), partyName(c, at), pointsOf(least), points(&party.Row, party.Threshold.Value), decimals(new(big.Rat).Add(party.Points(party.Threshold.Value), least)))
		if nd := partyAt(r.Case, at).NoDeal; nd != nil && nd.Value.High != nil && nd.Value.Low.Cmp(nd.Value.High) != 0 {
			top := new(big.Rat).Add(party.Points(party.Threshold.Value), least)
			if nd.Value.High.Cmp(top) > 0 {
				text += fmt.Sprintf(" It is assumed to be as high as %s, which would close the zone.", decimals(nd.Value.High))
			} else {
				text += fmt.Sprintf(" Even the highest that it is assumed to be, %s, would not close it.", decimals(nd.Value.High))
			}
		}
		short = fmt.Sprintf("%s no-deal value, if it rose by more than %s.", possessive(partyName(c, at)), pointsOf(least))
		if k.Margin != nil && len(r.Space.Parties) > 1 {
			text += fmt.Sprintf(" All no-deal values could rise together by %s each.", pointsOf(k.Margin))
		}
		out = append(out, text)
	}
	var spared []string
	for p := range r.Space.Parties {
		if k.Dispensable != nil && k.Dispensable[p] && r.Space.Parties[p].Threshold.Set {
			spared = append(spared, partyName(c, p))
		}
	}
	if len(spared) > 0 {
		out = append(out, fmt.Sprintf("There are packages with consent whatever %s makes of them.", orList(spared)))
	}
	var most *diagnose.Binding
	for i := range k.Conditions {
		if b := &k.Conditions[i]; b.Growth != nil && b.Growth.Sign() > 0 && (most == nil || b.Growth.Cmp(most.Growth) > 0) {
			most = b
		}
	}
	if most != nil {
		text := fmt.Sprintf("The condition that keeps out most is %s: without it there would be %s more packages", s.names()[most.Condition].Name, grouped(most.Growth))
		if n := r.ZoneCount(); n != nil {
			text += fmt.Sprintf(", beside the %s in the zone", grouped(n))
		}
		out = append(out, text+".")
	}
	if len(out) == 0 {
		out = append(out, fmt.Sprintf("%s, no condition by itself is known to be close to closing the zone.", s.under(r)))
	}
	return short, out
}

// slackDrawing draws, for each party, its no-deal value, the range assumed for it and
// how far it could rise; then what each condition keeps out. Empty where there is neither.
func (s *paper) slackDrawing(k *diagnose.Slack) (template.HTML, string) {
	r, c := s.Main, s.File.Case
	var d drawing
	var said, caption []string
	for p := range r.Space.Parties {
		party := &r.Space.Parties[p]
		raise := k.Raise[p]
		if raise == nil {
			continue
		}
		if len(said) == 0 {
			d.heading("No-deal values, and how far each could rise alone")
		}
		a := rowAxis(&party.Row)
		top := party.Threshold.Value + units(raise, party.Units())
		text := fmt.Sprintf("%s: %s, up to %s", partyTitle(c, p), points2(&party.Row, party.Threshold.Value), points2(&party.Row, top))
		if nd := partyAt(r.Case, p).NoDeal; nd != nil && nd.Value.High != nil && nd.Value.Low.Cmp(nd.Value.High) != 0 {
			low, high := units(nd.Value.Low, party.Units()), units(nd.Value.High, party.Units())
			a.low, a.high = min(a.low, low), max(a.high, high)
			text += fmt.Sprintf("; assumed %s to %s", points2(&party.Row, low), points2(&party.Row, high))
			d.words("", text)
			d.rect("tint", a.at(low, drawingWidth), d.y+5, max(1, a.at(high, drawingWidth)-a.at(low, drawingWidth)), 14)
		} else {
			d.words("", text)
		}
		said = append(said, text)
		y := d.y + 12
		from, to := a.at(party.Threshold.Value, drawingWidth), a.at(top, drawingWidth)
		d.path("rule", "M0 %dH%d", y, drawingWidth)
		d.path("thick", "M%d %dH%d", from, y, to)
		d.circle("full", from, y, 5)
		d.path("edge", "M%d %dv16", min(max(to, 2), drawingWidth-2), y-8)
		d.y += 24
	}
	if len(said) > 0 {
		caption = append(caption, "Across, each party’s points, from none to the most that any package could give. Dot: its no-deal value. Tinted: the range assumed for it. Upright stroke: where the last package is left.")
	}
	var bars []diagnose.Binding
	for _, b := range k.Conditions {
		if b.Growth != nil && b.Growth.Sign() > 0 {
			bars = append(bars, b)
		}
	}
	slices.SortStableFunc(bars, func(a, b diagnose.Binding) int { return b.Growth.Cmp(a.Growth) })
	const most = 8
	if len(bars) > 0 {
		d.heading("Packages more without each condition, by itself")
		top := new(big.Int).Set(bars[0].Growth)
		zone := r.ZoneCount()
		if zone != nil && zone.Cmp(top) > 0 {
			top = zone
		}
		if zone != nil {
			d.words("", "In the zone as it is")
			d.bar(false, scaled(ratio(zone), ratio(top), drawingWidth-70), grouped(zone))
		}
		all := s.names()
		for _, b := range bars[:min(most, len(bars))] {
			name := capital(all[b.Condition].Name)
			d.words("", name)
			d.bar(true, scaled(ratio(b.Growth), ratio(top), drawingWidth-70), "+"+grouped(b.Growth))
			said = append(said, fmt.Sprintf("%s +%s packages", name, grouped(b.Growth)))
		}
		caption = append(caption, "Bars: by how many packages the zone would grow without one condition alone.")
		if n := len(bars) - most; n > 0 {
			caption = append(caption, fmt.Sprintf("%d conditions that keep out fewer packages are not drawn.", n))
		}
	}
	if len(said) == 0 {
		return "", ""
	}
	return d.figure("closes", "What is close to closing the zone", strings.Join(said, ". ")+"."), strings.Join(caption, " ")
}
