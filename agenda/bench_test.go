package agenda

import (
	"context"
	"fmt"
	"testing"

	"github.com/goodoffices/goodoffices/internal/trials"
	"github.com/goodoffices/goodoffices/outcome/outcometest"
)

// Every order of issues of ten options each, by parties that look ahead and that do not,
// and every set of them.
func BenchmarkAgenda(b *testing.B) {
	for _, issues := range []int{4, 5, 6} {
		s := outcometest.Drawn(outcometest.Opposed, 1, 2, issues, 1000)
		quo := make([]int, issues)
		ask := map[string]func(Options) error{
			"sets": func(opt Options) error { _, err := Find(context.Background(), s, opt); return err },
			"near": func(opt Options) error {
				_, err := FindOrders(context.Background(), s, nil, NearSighted, opt)
				return err
			},
			"far": func(opt Options) error {
				_, err := FindOrders(context.Background(), s, nil, FarSighted, opt)
				return err
			},
		}
		for _, what := range []string{"sets", "near", "far"} {
			b.Run(fmt.Sprintf("%s/issues=%d", what, issues), func(b *testing.B) {
				trials.Report(b, 1, func(int) error { return ask[what](Options{StatusQuo: quo}) })
			})
		}
	}
}
