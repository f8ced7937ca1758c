package casefile

import "testing"

// sketch has every field of the format at least once.
const sketch = `goodoffices: 1
id: iran-us-2026
title: Iran–United States talks, February 2026
about: Every field of the format, filled with placeholders.
as_of: 2026-02-04
analyst: The authors
marking: Example, public sources
sources:
  asharq_0203: {title: T, publisher: Asharq Al-Awsat, original: AP, origin: independent, date: 2026-02-03, url: "https://news.example/a?b=1", source_reliability: B, information_credibility: 2, note: A reprint}
  mehr: {publisher: Mehr, origin: iran, date: 2026-02}
issues:
  enrichment:
    title: Uranium enrichment in Iran
    note: What is enriched, and how far
    status_quo: no_cap
    options:
      zero: No enrichment; facilities dismantled
      pause_then_1_5: None for three years, then below 1.5 %
      cap_3_67: {title: "Capped at 3.67 %, the 2015 figure", note: The figure of 2015}
      no_cap: No cap
  relief_months:
    title: Months until oil and banking sanctions are lifted
    range: {from: 0, to: 36, step: 6, unit: months}
    status_quo: 36
parties:
  iran:
    title: Islamic Republic of Iran
    mandate: {given_by: President, held_by: Foreign Minister, date: 2026-02-03, only: "enrichment != 'zero' || relief_months <= 12", terms: "...", source: mehr}
    preconditions: [{id: no_threats, text: "...", source: [mehr], statements: s12}, {text: Talks}]
    scores:
      enrichment: {zero: 0, pause_then_1_5: 8..14, cap_3_67: 24, no_cap: 30}
      relief_months: {0: 25, 12: 18, 36: 0}
    reasons:
      enrichment: {text: "...", statements: [s12, s14]}
      relief_months: Oil pays for the rest
    adjustments:
      - {id: sold_cheap, when: "enrichment == 'zero' && relief_months > 12", add: -10, because: "...", statements: [s12]}
    no_deal: {value: 30..40, because: "...", statements: [s12]}
    discount: 0.99
    red_lines:
      - {id: no_zero_enrichment, never: "enrichment == 'zero'", because: "...", statements: [s12], confidence: high}
    ratification:
      rule: "clerics && count(reformists, business, hardliners) >= 2"
      terms: By custom
      source: mehr
      constituencies:
        clerics: {title: Clerics, scores: {enrichment: {zero: 0, pause_then_1_5: 10, cap_3_67: 40, no_cap: 60}, relief_months: 5}, accepts_at: 45, reasons: {enrichment: Pride}, statements: s14}
        reformists: {scores: {enrichment: 1, relief_months: {0: 9, 36: 0}}}
        business: {scores: {enrichment: 1, relief_months: {0: 9, 36: 0}}, accepts_at: {value: 3..5, because: Trade}}
        hardliners: {scores: {enrichment: 1, relief_months: 0}}
  united_states:
    scores:
      enrichment: {zero: 40, pause_then_1_5: 30, cap_3_67: 10..14..20, no_cap: 0}
      relief_months: {0: 0, 36: 20}
    no_deal: 20
requires:
  - {id: early, kind: political, if: "enrichment == 'zero'", then: "relief_months <= 12", because: "...", statements: [s12], confidence: low}
  - {then: "true || relief_months == 0 || relief_months > 0"}
consent: everyone
divisible: [enrichment]
packages:
  mediators_paper: {title: "The mediators' paper of 4 February", by: [qatar, turkey, egypt], date: 2026-02-04, outcome: {enrichment: pause_then_1_5, relief_months: 12}, source: asharq_0203, note: Simplified}
  reply: {by: mediators, outcome: {enrichment: zero, relief_months: 12.0}}
statements:
  s12: {actor: iran, speaker: Shamkhani, date: 2026-02-03, source: mehr, on: enrichment, option: cap_3_67, stance: conditional, gist: "...", quote: "..."}
  s14: {actor: israel, stance: none_on_record}
mediators: {oman: {title: Oman, role: Host, source: mehr}, turkey: Türkiye, qatar: Qatar, egypt: {}}
outside: {israel: {title: Israel, role: Opposes}}
events:
  - {date: 2026-01, text: Talks are announced, source: [asharq_0203]}
levers:
  - {id: guarantee, title: A guarantee, by: mediators, cost: 1, set: {iran.no_deal: -3}, drop: [], add_red_lines: [], because: "...", statements: [s12]}
  - {id: pressure, by: [united_states], add: {iran.no_deal: -3, iran.clerics.accepts_at: {value: 2, because: Backfires}, iran.scores.relief_months.6: 1, iran.adjustments.sold_cheap: -1}, add_red_lines: [{party: iran, id: no_talks, never: "relief_months > 24", because: "...", confidence: medium}]}
views:
  view_a: {title: A, after: "author, work, year", set: {iran.no_deal: 25, iran.clerics.scores.enrichment.zero: 5}, add: {united_states.no_deal: 1.5}, drop: [iran.red_lines.no_zero_enrichment, requires.early], because: "...", statements: s12, source: mehr}
`

// Every field of the format is valid as the sketch has it; only the lever that
// sets a threshold to -3, where it would add, is worth a warning.
func TestSketch(t *testing.T) {
	f, err := Parse("case.yaml", []byte(sketch))
	if err != nil {
		t.Fatal(err)
	}
	w := f.Warnings()
	if len(w) != 2 || w[0].Path != "requires.2" || w[1].Path != "levers.guarantee.set.iran.no_deal" {
		t.Errorf("warnings:\n%v", w)
	}
	for _, ch := range []Choice{{}, {View: "view_a"}, {View: "view_a", Levers: []string{"pressure", "guarantee"}}} {
		if _, err := f.Case.Compile(ch); err != nil {
			t.Errorf("%+v: %v", ch, err)
		}
	}
}
