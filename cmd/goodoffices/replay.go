package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goodoffices/goodoffices/cmd/goodoffices/internal/console"
	"github.com/goodoffices/goodoffices/internal/namedfile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/protocol"
	"github.com/goodoffices/goodoffices/protocol/transcript"
	"github.com/goodoffices/goodoffices/study"
)

func newReplay(s *streams) *cobra.Command {
	var moves bool
	cmd := &cobra.Command{
		Use:   "replay TRANSCRIPT [CASE]",
		Short: "Play a transcript again and say where it departs",
		Long: `Replay sets up the talks as the head of the transcript says and plays them again:
strategies that it names move anew, everybody else as written, and what the rules
make of it is compared line by line. It says where the session departs from its
transcript, if anywhere.

A transcript can be written by hand: docs/formats/transcript.md is its format. Lines
on what the machine said may be left out, and are then not compared. Strategies that
are other programs are not run; their moves are made as written.

CASE stands for the case that the transcript names, or for a changed copy of it.
The exit status is 0 when nothing departs, and 1 when something does.`,
		Example: `  goodoffices simulate catalog:panama-canal-1974 -o talks.txt
  goodoffices replay talks.txt
  goodoffices replay talks.txt --moves`,
		Args: arguments(1, -1, "a TRANSCRIPT and perhaps the CASE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := namedfile.Read(cmd.Context(), args[0], transcript.MaxSize)
			if err != nil {
				return err
			}
			recorded, err := transcript.Parse(args[0], data)
			if err != nil {
				return err
			}
			head, err := study.ReadHead(recorded)
			if err != nil {
				return err
			}
			cases := head.Cases
			if len(args) > 1 {
				cases = args[1:]
			}
			if len(cases) == 0 {
				return usagef(cmd, "%s names no case (case: …): give it after the transcript", args[0])
			}
			q := s.question()
			q.choice, q.quiet = head.Choice, true
			of, err := q.open(cmd, cases...)
			if err != nil {
				return err
			}
			t, err := q.table(of, head.Talks)
			if err != nil {
				return err
			}
			if head.Hash != "" && head.Hash != of.File.Hash() {
				s.Say("the case is not the one of the transcript: its hash has changed")
			}
			m, err := protocol.New(t.Setting, t.Rules)
			if err != nil {
				return err
			}
			makers := make([]protocol.Maker, m.Seats())
			replay := transcript.Replay{Outside: func(condition string) (outcome.Table, error) { return t.Outside("mandate", condition) }}
			played := map[string]bool{}
			for _, text := range t.Strategies {
				name, _, _ := strings.Cut(text, "=")
				played[name] = true
			}
			for seat, spec := range t.Specs {
				if moves || !played[t.Setting.Name(protocol.Seat(seat))] || strings.Contains(spec, "outside:") {
					continue
				}
				if makers[seat], err = t.Maker(m, protocol.Seat(seat), spec); err != nil {
					return err
				}
			}
			replay.Session = m.Sit(makers, t.Seed)
			d, err := replay.Run(recorded)
			if err != nil {
				return err
			}
			if d != nil {
				fmt.Fprintf(s.Out, "%s:%d: the session departs from its transcript\n", console.Clean(args[0]), d.Line)
				fmt.Fprintf(s.Out, "  recorded: %s\n", console.Clean(cmp.Or(d.Recorded, "nothing")))
				fmt.Fprintf(s.Out, "  now:      %s\n", console.Clean(cmp.Or(d.Now, "nothing")))
				return errors.New("the transcript was not reproduced")
			}
			end := "the session is not over"
			if m.Over() {
				end = "it ended: " + m.Result().Reason
			}
			_, err = fmt.Fprintf(s.Out, "%s: played again, nothing departs; %s\n", console.Clean(args[0]), console.Clean(end))
			return err
		},
	}
	cmd.Flags().BoolVar(&moves, "moves", false, "make every move as written, strategies' too")
	return cmd
}
