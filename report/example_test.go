package report_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/goodoffices/goodoffices/casefile"
	"github.com/goodoffices/goodoffices/report"
	"github.com/goodoffices/goodoffices/study"
)

const fence = `
goodoffices: 1
id: fence
title: A fence between two gardens
analyst: Cleo
issues:
  height: {status_quo: none, options: {none: No fence, low: One metre, high: Two metres}}
  cost: {status_quo: ann, options: {ann: Ann pays, halves: Both pay half}}
parties:
  ann: {title: Ann, scores: {height: {none: 0, low: 40, high: 60}, cost: {ann: 0, halves: 40}}, no_deal: 30}
  bea: {title: Bea, scores: {height: {none: 60, low: 40, high: 0}, cost: {ann: 40, halves: 0}}, no_deal: 35}
`

// From a case file to a brief as a file, and to its summary in a terminal.
func Example() {
	file, err := casefile.Parse("fence.yaml", []byte(fence))
	if err != nil {
		log.Fatal(err)
	}
	of, err := study.New(file, casefile.Choice{})
	if err != nil {
		log.Fatal(err)
	}
	brief, err := of.Brief(context.Background(), study.Options{})
	if err != nil {
		log.Fatal(err)
	}
	var page strings.Builder
	if err := report.WriteBrief(&page, brief, report.BriefOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("A page:", strings.HasPrefix(page.String(), "<!DOCTYPE html>"))
	if err := report.WriteSummary(os.Stdout, brief, report.TextOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// A page: true
	// A fence between two gardens
	// Not marked  fence 759597f1  as of no date stated  Cleo
	//
	// Under Cleo’s assumptions, there are packages that every party could accept: 4 of
	// 6, or 66.7 % of the possible packages.
	// The package to look at first is the Nash package (the greatest product of the
	// gains over no deal): it gives Ann 40 points against 30 without a deal and Bea 80
	// points against 35 without a deal.
	//
	// Bea ↑                           Points to      Ann  Bea
	// │ SQ       ⠨                    NKEUB Nash +4   40   80
	// │          ⠨                    F near Nash     80   40
	// │          ⠨   ⡀                no deal         30   35
	// │          ⠨   NKEUB
	// │          ⠨
	// │          ⠨
	// │          ⠨
	// │          ⠨               F
	// │⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠬⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄⠄
	// └────────────────────── Ann →
	//
	// On record: points, who accepts, conditions broken
	// SQ Status quo on every issue  0 / 100  Bea accepts, breaks 1
	//
	// What could close the zone: Bea’s no-deal value, if it rose by more than 45
	// points.
	// The agenda: A deal needs at least 1 of 2 issues on the table. Settled one by
	// one, every order of the issues ends in a deal.
	// If the talks were played: Played once each, 6 of 6 rehearsed protocols come to
	// an agreement.
}
