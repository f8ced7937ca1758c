package report

import (
	"bytes"
	"io"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/diagnose"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// WriteDiagnosisJSON writes the diagnosis of the study's main reading as one JSON document.
// docs/formats/diagnose.md explains each field.
func WriteDiagnosisJSON(w io.Writer, d *study.Diagnosis) error {
	s := analysisPaper(d.Analysis)
	return writeDocument(w, append(s.diagnosis(), member{"conversion", conversion(s.File)}))
}

// diagnosis is the document of goodoffices diagnose, and the member of the same name in
// that of analyze.
func (s *paper) diagnosis() object {
	r := s.Main
	d := s.diagnosed
	blocking, needed := list{}, list{}
	for i := range d.BlockingSets {
		b := &d.BlockingSets[i]
		blocking = append(blocking, texts(b.Conditions))
		with := list{}
		for _, o := range b.Needed {
			with = append(with, packageOrNull(r, s, o))
		}
		needed = append(needed, with)
	}
	opening := list{}
	for i := range d.OpeningSets {
		o := &d.OpeningSets[i]
		concedes := list{}
		for _, c := range o.Concedes {
			var points any
			if c.Points != nil {
				points = number(float(c.Points))
			}
			concedes = append(concedes, object{{"condition", c.Condition}, {"party", partyOrNull(r, c.Party)}, {"points", points}})
		}
		var concessions any
		if o.Concessions != nil {
			concessions = concessionList(r, o.Concessions)
		}
		set := object{{"relax", texts(o.Relax)}}
		set = append(set, placeObject(r, s.File.Case, o.Utilities, o.Outcome)...)
		opening = append(opening, append(set, member{"points", number(float(o.Points))}, member{"least", o.Least},
			member{"concedes", concedes}, member{"concessions", concessions}))
	}
	packages := list{}
	for i := range d.Concessions {
		packages = append(packages, packageOrNull(r, s, d.Concessions[i].Outcome))
	}
	weak := list{}
	for _, w := range s.weakPoints() {
		weak = append(weak, w.object())
	}
	var proof any
	if s.certificate != nil {
		proof = raw(bytes.TrimSpace(s.certificate))
	}
	return object{
		{"case", s.File.Case.ID},
		{"hash", s.hash()},
		{"view", textOrNull(r.View)},
		{"levers", texts(s.Choice.Levers)},
		{"parties", texts(partyIDs(r.Space))},
		{"outcomes", d.Outcomes.String()},
		{"method", string(d.Method)},
		{"verdict", string(d.Verdict)},
		{"complete", d.Complete},
		{"hopeless", d.Hopeless},
		{"why", textOrNull(clean(d.Why))},
		{"conditions", s.conditionList()},
		{"blocking_sets", blocking},
		{"needed", needed},
		{"opening_sets", opening},
		{"concessions", concessionList(r, d.Concessions)},
		{"concession_packages", packages},
		{"concessions_complete", d.ConcessionsComplete},
		{"concessions_why", textOrNull(clean(d.ConcessionsWhy))},
		{"weak_points", weak},
		{"slack", s.slack()},
		{"certificate", proof},
	}
}

func packageOrNull(r *study.Reading, s *paper, o outcome.Outcome) any {
	if o == nil {
		return nil
	}
	return placeObject(r, s.File.Case, bargain.Judge(r.Space, o).Utilities, o)
}

func partyOrNull(r *study.Reading, p int) any {
	if p < 0 {
		return nil
	}
	return r.Space.Parties[p].ID
}

func concessionList(r *study.Reading, all []diagnose.Concession) list {
	out := list{}
	for i := range all {
		out = append(out, byParty(r.Space, func(p int) any { return number(float(all[i].Points[p])) }))
	}
	return out
}

func (s *paper) conditionList() list {
	out := list{}
	for i := range s.diagnosed.Conditions {
		n := s.named(&s.diagnosed.Conditions[i])
		quotes := list{}
		for _, said := range n.Said {
			if said.Quote != "" {
				quotes = append(quotes, object{{"statement", said.ID}, {"quote", said.Quote}})
			}
		}
		out = append(out, object{{"id", n.ID}, {"kind", n.Kind}, {"party", partyOrNull(s.Main, n.Party)}, {"text", textOrNull(n.Text)},
			{"because", textOrNull(n.Because)}, {"statements", texts(n.Statements)}, {"quotes", quotes}, {"confidence", textOrNull(n.Confidence)}})
	}
	return out
}

func (w *weakPoint) object() object {
	var opens, set any = nil, nil
	switch {
	case w.Opening != nil:
		opens, set = true, texts(w.Opening)
	case w.Sure:
		opens = false
	}
	return object{{"kind", w.Kind}, {"statement", textOrNull(w.Statement)}, {"why", w.Why}, {"conditions", texts(w.Conditions)},
		{"opens", opens}, {"opening_set", set}}
}

// slack writes how close a zone is to closing, null without one.
func (s *paper) slack() any {
	r, d := s.Main, s.diagnosed
	k := d.Slack
	if k == nil {
		return nil
	}
	raise := object{}
	for p := range r.Space.Parties {
		var dispensable any
		if k.Dispensable != nil {
			dispensable = k.Dispensable[p]
		}
		raise = append(raise, member{r.Space.Parties[p].ID, object{{"points", ratOrNull(k.Raise[p])}, {"dispensable", dispensable}}})
	}
	without := list{}
	for _, b := range k.Conditions {
		var binds any
		if b.Growth != nil {
			binds = b.Growth.Sign() != 0
		}
		without = append(without, object{{"condition", b.Condition}, {"binds", binds}, {"growth", countText(b.Growth)}})
	}
	var shared, insist any
	if k.Options != nil {
		all := list{}
		for _, x := range s.shared() {
			var by list = list{}
			for _, p := range x.by {
				by = append(by, r.Space.Parties[p].ID)
			}
			all = append(all, object{{"issue", r.Space.Issues[x.issue].ID}, {"option", optionValue(issueAt(s.File.Case, x.issue), x.option)}, {"conceded_by", by}})
		}
		shared = all
		by := object{}
		for p := range r.Space.Parties {
			best := object{}
			for i := range r.Space.Issues {
				best = append(best, member{r.Space.Issues[i].ID, optionValue(issueAt(s.File.Case, i), s.insist(p, i))})
			}
			by = append(by, member{r.Space.Parties[p].ID, best})
		}
		insist = by
	}
	return object{
		{"exact", k.Exact}, {"why", textOrNull(clean(k.Why))}, {"raise", raise}, {"margin", ratOrNull(k.Margin)},
		{"margin_package", packageOrNull(r, s, k.MarginOutcome)}, {"without", without}, {"shared", shared}, {"insist", insist},
	}
}
