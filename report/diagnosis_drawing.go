package report

import (
	"fmt"
	"html/template"
	"math/big"
	"slices"
	"strings"

	"github.com/goodoffices/goodoffices/diagnose"
)

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
