package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/internal/plain"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
	"github.com/goodoffices/goodoffices/rehearsal"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/strategy"
	"github.com/goodoffices/goodoffices/strategy/outside"
	"github.com/goodoffices/goodoffices/study"
)

// A simulation is what is asked of one run of simulate.
type simulation struct {
	*question
	talks          study.Talks
	output, resume string
	repeat         int
	firmness       bool
}

func newSimulate(s *streams) *cobra.Command {
	x := simulation{question: s.question("text", "json")}
	var list bool
	cmd := &cobra.Command{
		Use:   "simulate CASE",
		Short: "Rehearse the talks with automated negotiators",
		Long: `Simulate plays the talks: every party, and the mediator where the protocol has
one, is played by a strategy with published rules, on the same machine that holds
rules, mandates and preconditions for live talks. The result says how the talks end
and why, what was on the table, and who gets what beside the solutions of bargaining.

Mandates of the case bind: an offer or acceptance outside one is refused, until
--amend changes it. Preconditions count as met unless --unmet names them; while one
is not met, no round opens. At the end each party's people at home have their say.

With --repeat the talks are played N times with seeds that follow --seed, and the
result says how often they end how, with 95 % intervals, by which round, on what, and
what each party's firmness buys. Talks in which nothing is left to chance are played once.
The numbers are the same on any number of cores.
--resume FILE keeps what is done when the work is interrupted, and goes on from it.`,
		Example: `  goodoffices simulate catalog:panama-canal-1974
  goodoffices simulate catalog:iran-us-2026 --protocol shuttle --amend 1:united_states: -o talks.txt
  goodoffices simulate catalog:iran-us-2026 --strategy iran=hardliner --strategy united_states=conceder
  goodoffices simulate catalog:panama-canal-1974 --breakdown 0.02 --repeat 1000 --format json > many.json
  goodoffices simulate --list`,
		Args: func(cmd *cobra.Command, args []string) error {
			if list {
				return arguments(0, 0, "no CASE with --list")(cmd, args)
			}
			return arguments(1, -1, anyCase)(cmd, args)
		},
		ValidArgsFunction: completeCases(-1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				return s.listTalks()
			}
			if err := x.check(cmd, args); err != nil {
				return err
			}
			return x.run(cmd, args)
		},
	}
	f := cmd.Flags()
	talkFlags(f, &x.talks)
	f.IntVar(&x.repeat, "repeat", 0, "play `N` sessions and count what comes of them")
	f.BoolVar(&x.firmness, "firmness", true, "with --repeat: also play each party firmer and softer")
	f.StringVar(&x.resume, "resume", "", "with --repeat: keep interrupted work in `FILE`, and go on from it")
	f.StringVarP(&x.output, "output", "o", "", "write the transcript to `FILE`; goodoffices replay plays it again")
	x.formatFlag(cmd)
	x.choiceFlags(cmd)
	f.BoolVar(&list, "list", false, "list protocols and strategies")
	x.bounds.timeFlag(f)
	x.quietFlag(f)
	completeTalks(s, cmd)
	return cmd
}

// check refuses what does not go together, before any work.
func (x *simulation) check(cmd *cobra.Command, args []string) (err error) {
	switch {
	case cmd.Flags().Changed("repeat") && (x.repeat < 1 || x.repeat > rehearsal.MaxSessions):
		return usagef(cmd, "--repeat %d: ask for 1 to %s", x.repeat, plain.Grouped(fmt.Sprint(rehearsal.MaxSessions)))
	case x.repeat > 0 && x.output != "":
		return usagef(cmd, "-o writes the transcript of one session: leave out --repeat, and give --seed for another session")
	case x.repeat == 0 && x.resume != "":
		return usagef(cmd, "--resume goes with --repeat")
	case x.resume == "-":
		return usagef(cmd, "--resume names a FILE: work is not kept in standard input")
	}
	if err := x.question.check(cmd); err != nil {
		return err
	}
	if x.output, err = console.OutputPath(console.TranscriptFile, x.output, args...); err != nil {
		return err
	}
	x.resume, err = console.OutputPath(console.KeptWork, x.resume, args...)
	return err
}

// run solves the case, plays the talks and writes what came of them.
func (x *simulation) run(cmd *cobra.Command, args []string) error {
	ctx := cmd.Context()
	of, err := x.open(cmd, args...)
	if err != nil {
		return err
	}
	t, err := x.table(of, x.talks)
	if err != nil {
		return err
	}
	if err := x.sayReach(t.Specs); err != nil {
		return err
	}
	p := x.NewProgress("solving the case", x.quiet)
	played, err := of.Rehearsal(ctx, t, x.options(p.Report))
	p.Clear()
	if err != nil {
		return err
	}
	m, makers, err := t.Machine()
	if err != nil {
		return err
	}
	var interrupted error
	if x.repeat > 0 {
		if err := x.playMany(ctx, t, played, m, makers); err != nil {
			if ctx.Err() == nil || played.Tally == nil || played.Tally.Sessions == 0 {
				return err
			}
			interrupted = err
		}
	} else if err := x.playOnce(ctx, t, played, m, makers, args); err != nil {
		return err
	}
	return errors.Join(show(x.streams, x.format, played, report.WriteRehearsalJSON, report.WriteRehearsalText), interrupted)
}

// sayReach warns where outside programs that are seated can do what they should not.
func (s *streams) sayReach(specs []string) error {
	if !slices.ContainsFunc(specs, func(spec string) bool { return strings.Contains(spec, "outside:") }) {
		return nil
	}
	reach, err := outside.Reach()
	if err == nil && len(reach) > 0 {
		s.Say("warning: this system does not set outside programs apart in full. They can %s: run only what you would run yourself", strings.Join(reach, ", "))
	}
	return err
}

// playOnce plays one session and writes its transcript.
func (x *simulation) playOnce(ctx context.Context, t *study.Table, played *study.Rehearsal, m *protocol.Machine, makers []protocol.Maker, cases []string) error {
	recorder := transcript.NewRecorder(t.Setting)
	result, err := m.Sit(makers, t.Seed).Play(ctx, func(from protocol.Seat, move *protocol.Move, effects []protocol.Effect) {
		recorder.Watch(from, move, effects)
		played.Watch(from, move, effects)
	})
	if err := cmp.Or(ctx.Err(), err); err != nil {
		return err
	}
	played.Result = result
	if x.output == "" {
		return nil
	}
	var text bytes.Buffer
	written := transcript.Transcript{Fields: t.Head(cases), Lines: recorder.Lines}
	if _, err := written.WriteTo(&text); err != nil {
		return err
	}
	for _, why := range report.Explain(played) {
		fmt.Fprintf(&text, "# %s\n", why)
	}
	if err := x.Deliver(ctx, x.output, text.Bytes()); err != nil {
		return fmt.Errorf("the transcript was not written: %w", err)
	}
	return nil
}

// firmnessLevels are the strategies that --firmness tries for each party, the firmest
// first: time-dependent ones whose concession is slow, even or quick (Faratin, Sierra
// and Jennings 1998).
var firmnessLevels = []string{"hardliner", "boulware", "linear", "conceder"}

// firmnessSessions bounds the sessions of one firmness of one party.
const firmnessSessions = 1000

// playMany plays many sessions and counts.
func (x *simulation) playMany(ctx context.Context, t *study.Table, played *study.Rehearsal, m *protocol.Machine, makers []protocol.Maker) error {
	plan := rehearsal.Plan{Setting: t.Setting, Rules: t.Rules, Makers: makers, Seed: t.Seed, Sessions: x.repeat}
	tally := rehearsal.NewTally()
	what := fmt.Sprint(t.Head(nil), x.repeat)
	if x.resume != "" {
		switch data, err := namedfile.Read(ctx, x.resume, plan.MaxKept(what)); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		default:
			if tally, err = plan.Resume(data, what); err != nil {
				return fmt.Errorf("%s cannot be gone on with: %w", x.resume, err)
			}
			x.Say("going on after %s of %s", console.Plural(tally.Sessions, "session"), plain.Grouped(fmt.Sprint(x.repeat)))
		}
	}
	p := x.NewProgress("playing", x.quiet)
	defer p.Clear()
	plan.Progress = p.Report
	err := plan.Play(ctx, tally)
	played.Tally = tally
	if x.resume != "" && ctx.Err() != nil {
		kept, kerr := tally.Keep(what)
		if kerr == nil {
			kerr = x.Deliver(context.WithoutCancel(ctx), x.resume, kept)
		}
		if kerr == nil {
			x.Say("%s kept in %s: the same command goes on from there", console.Plural(tally.Sessions, "session"), x.resume)
		}
		err = errors.Join(err, kerr)
	}
	if err != nil {
		return err
	}
	if x.resume != "" {
		if err := os.Remove(x.resume); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if !x.firmness {
		return nil
	}
	cells := len(t.Setting.Space.Parties) * len(firmnessLevels)
	for party := range t.Setting.Space.Parties {
		for k, level := range firmnessLevels {
			cell := plan
			cell.Sessions = min(x.repeat, firmnessSessions)
			done := party*len(firmnessLevels) + k
			cell.Progress = func(share float64) { p.Report((float64(done) + share) / float64(cells)) }
			maker, err := t.Maker(m, protocol.Seat(party), level)
			if err != nil {
				return err
			}
			cell.Makers = slices.Clone(plan.Makers)
			cell.Makers[party] = maker
			tally := rehearsal.NewTally()
			if err := cell.Play(ctx, tally); err != nil {
				return err
			}
			played.Firmness = append(played.Firmness, study.Firmness{Party: party, Level: level, Tally: tally})
		}
	}
	return nil
}

// listTalks lists protocols and strategies.
func (s *streams) listTalks() error {
	w := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Protocols")
	for _, p := range study.Protocols {
		about := p.About
		if flags := protocolFlags[p.Name]; flags != "" {
			about += "; see " + flags
		}
		usual := p.Party
		if p.Mediator != "" {
			usual += ", mediator " + p.Mediator
		}
		fmt.Fprintf(w, "  %s\t%s (default: %s)\n", p.Name, about, usual)
	}
	titles := map[strategy.Role]string{strategy.Party: "Strategies of parties", strategy.Mediator: "Strategies of a mediator", strategy.Wrapper: "Changes to another strategy: NAME(STRATEGY)"}
	role := strategy.Role(255)
	for _, e := range strategy.List() {
		if e.Role != role {
			role = e.Role
			fmt.Fprintf(w, "\n%s\n", titles[role])
		}
		var params []string
		for _, p := range e.Params {
			params = append(params, fmt.Sprintf("%s=%g", p.Name, p.Default))
		}
		name := e.Name
		if len(params) > 0 {
			name += ":" + strings.Join(params, ",")
		}
		fmt.Fprintf(w, "  %s\t%s\n", name, e.Rule)
	}
	return w.Flush()
}
