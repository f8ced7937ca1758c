package verify_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

// A certificate that came with an analysis: two options can be agreed on, and Nash picks the second.
const received = `{"goodoffices_certificate":2,"proves":"verdict, count, disagreement, ideal, nash; not: kalai_smorodinsky, egalitarian, utilitarian, balanced, frontier","case":"","hash":"","view":"","levers":[],"space":"db54149b875ecdd8c9e95b0bedb43e282d40037d80d132c7901db9806bac2ea5","method":"listing","outcomes":"3","verdict":"zone","zone_low":"2","zone_high":"2",
"parties":[{"disagreement":"2","from_zone":false,"ideal":"9"},{"disagreement":"3","from_zone":false,"ideal":"6"}],
"solutions":{"nash":{"outcome":[1],"utilities":["6","6"],"value":["2","12"],"proven":2,"ties":"1"}}}`

// From a certificate to what holds of it.
func Example() {
	space, err := outcome.NewSpace([]string{"quota"},
		outcome.NewParty("fishers", []int64{9, 6, 1}).AtLeast(2),
		outcome.NewParty("port", []int64{3, 6, 8}).AtLeast(3),
	)
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := verify.Decode(strings.NewReader(received))
	if err != nil {
		log.Fatal(err)
	}
	report, err := verify.Check(context.Background(), space, certificate)
	if err != nil {
		log.Fatal(err) // the claim that does not hold, and why
	}
	fmt.Println(report.Proves) // report.Checked says it in full
	certificate.Solutions.Nash.Outcome[0] = 0
	_, err = verify.Check(context.Background(), space, certificate)
	fmt.Println(err)
	// Output:
	// verdict, count, disagreement, ideal, nash; not: kalai_smorodinsky, egalitarian, utilitarian, balanced, frontier
	// nash: package [0] is worth 9 to fishers, not 6
}
