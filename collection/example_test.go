package collection_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/goodoffices/goodoffices/bargain"
	"github.com/goodoffices/goodoffices/catalog"
	"github.com/goodoffices/goodoffices/collection"
	"github.com/goodoffices/goodoffices/convert"
)

// Every scenario under a folder, measured.
func Example() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{"panama-canal-1974", "six-party-exercise"} {
		if err := catalog.Copy(name, filepath.Join(folder, name)); err != nil {
			log.Fatal(err)
		}
	}
	found, _, err := convert.Find(context.Background(), folder, convert.FindOptions{})
	if err != nil {
		log.Fatal(err)
	}
	work := collection.New(found, "example", bargain.Options{})
	if err := work.Run(context.Background(), nil); err != nil {
		log.Fatal(err)
	}
	for _, row := range work.Rows {
		fmt.Println(row.Scenario, len(row.Parties), *row.Outcomes)
	}
	// Output:
	// panama-canal-1974 2 1024
	// six-party-exercise 6 720
}
