package report

import (
	"io"
	"math/big"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/study"
)

// WriteAgendaJSON writes the agendas of a case as one JSON document. docs/formats/agenda.md
// explains each field.
func WriteAgendaJSON(w io.Writer, a *study.Agendas) error {
	return writeDocument(w, newAgendaPaper(a).agendaDocument())
}

func (s *agendaPaper) agendaDocument() object {
	r, c := s.taken, s.File.Case
	sets := r.Sets
	agendas := list{}
	for i := range sets.Sets {
		agendas = append(agendas, agendaObject(r, c, &sets.Sets[i], false))
	}
	views := object{}
	for _, v := range s.by {
		if v.View != "" {
			views = append(views, member{v.View, agendaMembers(v, c)})
		}
	}
	out := object{
		{"case", c.ID},
		{"hash", s.File.Hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(s.Choice.Levers)},
		{"open", texts(issueIDs(c, sets.Open))},
		{"always", texts(issueIDs(c, sets.Always))},
	}
	out = append(out, agendaMembers(r, c)...)
	return append(out,
		member{"complete", sets.Complete},
		member{"agendas", agendas},
		member{"views", views})
}

// agendaMembers is what is said of the case as written and of every view alike.
func agendaMembers(r *study.Agenda, c *casefile.Case) object {
	a := r
	var from any
	if a.Sets.Disagreement != nil {
		from = pointsObject(r.Space, a.Sets.Disagreement)
	}
	several := func(all []agenda.Agenda) list {
		l := list{}
		for i := range all {
			l = append(l, agendaObject(r, c, &all[i], true))
		}
		return l
	}
	record := object{}
	for i := range a.OnRecord {
		record = append(record, member{a.OnRecord[i].ID, takenUpObject(r, c, &a.OnRecord[i])})
	}
	var asked any
	if a.Asked != nil {
		asked = takenUpObject(r, c, a.Asked)
	}
	linkages := any(nil)
	triples := any(nil)
	if a.Linkages != nil {
		l := list{}
		for i := range a.Linkages.All {
			l = append(l, linkageObject(r, c, &a.Linkages.All[i]))
		}
		linkages, triples = l, a.Linkages.Triples
	}
	return object{
		{"disagreement", from},
		{"exact", a.Sets.Exact},
		{"method", textOrNull(string(a.Sets.Method))},
		{"full", agendaObject(r, c, a.Full(), true)},
		{"smallest", several(a.Sets.Smallest)},
		{"ladder", several(a.Sets.Ladder)},
		{"ladder_exact", a.Sets.LadderExact},
		{"on_record", record},
		{"asked", asked},
		{"issue_by_issue", object{
			{"near_sighted", ordersObject(r, c, a.Near)}, {"near_sighted_why", textOrNull(clean(a.NearWhy))},
			{"far_sighted", ordersObject(r, c, a.Far)}, {"far_sighted_why", textOrNull(clean(a.FarWhy))},
		}},
		{"linkages", linkages},
		{"linkages_why", textOrNull(clean(a.LinkagesWhy))},
		{"triples", triples},
	}
}

// agendaObject writes one agenda; with says whether its Nash package is written out.
func agendaObject(r *study.Agenda, c *casefile.Case, a *agenda.Agenda, with bool) object {
	o := object{{"issues", texts(issueIDs(c, a.Table))}, {"verdict", string(a.Verdict)},
		{"count", countText(a.Count)}, {"ratifiable", countText(a.Ratifiable)}}
	var nash, lost, kept any
	if a.Nash != nil {
		at := object{{"utilities", pointsObject(r.Space, a.Nash.Utilities)}}
		if with {
			at = placeObject(r.Reading, c, a.Nash.Utilities, a.Nash.Outcome)
		}
		nash = at
		if full := r.Full().Nash; full != nil {
			lost = moreObject(r.Space, full.Utilities, a.Nash.Utilities)
			kept = ratOrNull(r.Kept(a.Nash.Utilities, full.Utilities))
		}
	} else if a.Verdict == bargain.NoZone && r.Full().Nash != nil {
		kept = number("0")
		lost = moreObject(r.Space, r.Full().Nash.Utilities, r.Sets.Disagreement)
	}
	return append(o, member{"nash", nash}, member{"lost", lost}, member{"kept", kept}, member{"blocked_by", texts(a.Blocked)})
}

func talksObject(r *study.Agenda, c *casefile.Case, t *agenda.Talks, files [][]int) any {
	if t == nil {
		return nil
	}
	order, steps := list{}, list{}
	for _, f := range t.Order {
		order = append(order, texts(issueIDs(c, files[f])))
	}
	for i := range t.Steps {
		x := &t.Steps[i]
		settled := object{}
		for _, issue := range files[x.File] {
			settled = append(settled, member{string(c.Issues.Keys()[issue]), optionValue(issueAt(c, issue), x.Outcome[issue])})
		}
		fallback := "status_quo"
		if x.NoDeal {
			fallback = "no_deal"
		}
		steps = append(steps, object{{"file", texts(issueIDs(c, files[x.File]))}, {"settled", settled}, {"left", x.Left},
			{"fallback", fallback}, {"fallback_utilities", pointsObject(r.Space, x.Fallback)}, {"utilities", pointsObject(r.Space, x.Utilities)}})
	}
	var end, adds, failed any
	if t.End != nil {
		end = placeObject(r.Reading, c, t.End.Utilities, t.End.Outcome)
		if full := r.Full().Nash; full != nil {
			adds = moreObject(r.Space, full.Utilities, t.End.Utilities)
		}
	} else {
		if len(t.Steps) < len(t.Order) && t.Broken == nil {
			failed = texts(issueIDs(c, files[t.Order[len(t.Steps)]]))
		}
		if full := r.Full().Nash; full != nil {
			adds = moreObject(r.Space, full.Utilities, r.Sets.Disagreement)
		}
	}
	return object{{"order", order}, {"deal", end != nil}, {"end", end}, {"package_adds", adds}, {"failed_at", failed}, {"broken", texts(t.Broken)}, {"steps", steps}}
}

func ordersObject(r *study.Agenda, c *casefile.Case, o *agenda.Orders) any {
	if o == nil {
		return nil
	}
	ends := list{}
	for i := range o.Ends {
		e := &o.Ends[i]
		ends = append(ends, append(placeObject(r.Reading, c, e.Utilities, e.Outcome), member{"orders", countText(e.Orders)}, member{"share", shareOf(e.Orders, o.Total)}))
	}
	return object{
		{"exact", o.Exact},
		{"orders", o.Total.String()},
		{"fail", countText(o.Fail)},
		{"fail_share", shareOf(o.Fail, o.Total)},
		{"best", talksObject(r, c, o.Best, o.Files)},
		{"worst", talksObject(r, c, o.Worst, o.Files)},
		{"worst_deal", talksObject(r, c, o.WorstDeal, o.Files)},
		{"ends", ends},
	}
}

func shareOf(n, of *big.Int) any {
	if n == nil || of.Sign() == 0 {
		return nil
	}
	return number(float(new(big.Rat).SetFrac(n, of)))
}

func linkageObject(r *study.Agenda, c *casefile.Case, l *agenda.Linkage) object {
	joint := object{}
	for _, i := range l.Issues {
		joint = append(joint, member{string(c.Issues.Keys()[i]), optionValue(issueAt(c, i), l.Joint.Outcome[i])})
	}
	var separate any
	if l.Separate != nil {
		o := object{}
		for _, i := range l.Issues {
			o = append(o, member{string(c.Issues.Keys()[i]), optionValue(issueAt(c, i), l.Separate.Outcome[i])})
		}
		separate = o
	}
	fallback := "status_quo"
	if l.NoDeal {
		fallback = "no_deal"
	}
	return object{{"issues", texts(issueIDs(c, l.Issues))}, {"joint", joint}, {"separate", separate}, {"fallback", fallback},
		{"created", pointsObject(r.Space, l.Created)}, {"share", number(float(l.Share))}}
}

func takenUpObject(r *study.Agenda, c *casefile.Case, t *study.TakenUp) object {
	files := list{}
	for _, f := range t.Followed.Files {
		files = append(files, texts(issueIDs(c, f)))
	}
	fixed := object{}
	for i, id := range c.Issues.Keys() {
		if k, ok := t.Fixed[i]; ok {
			fixed = append(fixed, member{string(id), optionValue(issueAt(c, i), k)})
		}
	}
	return object{
		{"files", files},
		{"fixed", fixed},
		{"together", agendaObject(r, c, &t.Together, true)},
		{"near_sighted", talksObject(r, c, t.Near, t.Followed.Files)}, {"near_sighted_why", textOrNull(clean(t.NearWhy))},
		{"far_sighted", talksObject(r, c, t.Far, t.Followed.Files)}, {"far_sighted_why", textOrNull(clean(t.FarWhy))},
	}
}
