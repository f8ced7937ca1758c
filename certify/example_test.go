package certify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/certify"
	"github.com/goodoffices/goodoffices/outcome"
	"github.com/goodoffices/goodoffices/verify"
)

// An answer with its proof, which package verify checks.
func Example() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(50),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(40),
	)
	if err != nil {
		log.Fatal(err)
	}
	analysis, err := bargain.Analyze(context.Background(), space, bargain.Options{})
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := certify.Analysis(context.Background(), space, analysis)
	if err != nil {
		log.Fatal(err)
	}
	data, err := json.Marshal(certificate) // what is sent to somebody who trusts neither side
	if err != nil {
		log.Fatal(err)
	}
	received, err := verify.Decode(bytes.NewReader(data))
	if err != nil {
		log.Fatal(err)
	}
	report, err := verify.Check(context.Background(), space, received)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Proves)
	// Output:
	// verdict, disagreement, ideal, nash, kalai_smorodinsky, egalitarian, utilitarian, frontier; not: count, balanced
}
