package report

import (
	"math/big"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/study"
)

// difference returns, by party and in points, what u gives more than v.
func difference(s *outcome.Space, u, v []int64) []*big.Rat {
	var by []*big.Rat
	for p := range s.Parties {
		by = append(by, s.Parties[p].Points(u[p]-v[p]))
	}
	return by
}

func agendaTitle(c *casefile.Case, id string) string {
	a, _ := c.Agendas.Get(id)
	if t := name(a.Title); t != "" {
		return t
	}
	return humane(id)
}

// An agendaPaper is the paper on agendas.
type agendaPaper struct {
	*paper
	by []*study.Agenda // by reading
}

func newAgendaPaper(a *study.Agendas) *agendaPaper {
	s := &agendaPaper{&paper{Case: a.Case}, a.By}
	for _, one := range a.By {
		if one.Reading == a.Main {
			s.taken = one
		}
	}
	return s
}
