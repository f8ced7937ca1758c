package convert_test

import (
	"fmt"
	"log"

	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/convert"
)

// A case in the format of another tool, and what that cannot hold.
func Example() {
	file, err := catalog.Open("panama-canal-1974")
	if err != nil {
		log.Fatal(err)
	}
	format, _ := convert.Named("genius")
	outputs, lost, err := convert.Write(format, file.Case)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range outputs {
		fmt.Println(o.Name)
	}
	fmt.Println(len(lost), "notes:", lost[0])
	// Output:
	// panama-canal-1974_domain.xml
	// united_states.xml
	// panama.xml
	// 8 notes: sources: 3 sources are left out: the format has no place for them
}
