package agenda_test

import (
	"context"
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/agenda"
	"github.com/goodoffices/goodoffices/outcome"
)

// Which issues have to be on the table? Others stay at a high quota and a short season.
func Example() {
	space, err := outcome.NewSpace([]string{"quota", "season"},
		outcome.NewParty("fishers", []int64{10, 45, 60}, []int64{0, 40}).AtLeast(50),
		outcome.NewParty("port", []int64{40, 30, 0}, []int64{60, 0}).AtLeast(40),
	)
	if err != nil {
		log.Fatal(err)
	}
	agendas, err := agenda.Find(context.Background(), space, agenda.Options{StatusQuo: []int{2, 1}})
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range agendas.Sets {
		fmt.Println(a.Table, a.Verdict, a.Count)
	}
	// Output:
	// [] no_zone 0
	// [0] zone 1
	// [1] zone 1
	// [0 1] zone 2
}
