// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"
)

// figure is one line of the report.
type figure struct {
	Name string  `json:"name"`
	Ours float64 `json:"ours"`
	// Bare is the minimum of the same run, nothing where there is none.
	Bare *float64 `json:"bare,omitempty"`
	Unit string   `json:"unit"`
	// Target is what the project promises, in words.
	Target string `json:"target,omitempty"`
}

func seconds(name string, ours float64, target string) figure {
	return figure{Name: name, Ours: ours, Unit: "s", Target: target}
}

func count(name string, ours int, unit, target string) figure {
	return figure{Name: name, Ours: float64(ours), Unit: unit, Target: target}
}

// beside puts the bare minimum next to a figure.
func (f figure) beside(bare float64) figure {
	f.Bare = &bare
	return f
}

// median is the upper one of an even number of values; there must be some.
func median(values []float64) float64 { return slices.Sorted(slices.Values(values))[len(values)/2] }

// report prints the figures, as a table and as JSON, or as JSON only.
func report(out io.Writer, figures []figure, onlyJSON bool) error {
	if !onlyJSON {
		if err := table(out, figures); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	return json.NewEncoder(out).Encode(figures)
}

func table(out io.Writer, figures []figure) error {
	lines := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(lines, "figure\tnet-gateways\tbare minimum\tratio\ttarget")
	for _, f := range figures {
		bare, ratio := "", ""
		if f.Bare != nil {
			bare = number(*f.Bare) + " " + f.Unit
			if *f.Bare != 0 {
				ratio = fmt.Sprintf("%.2f", f.Ours / *f.Bare)
			}
		}
		fmt.Fprintf(lines, "%s\t%s %s\t%s\t%s\t%s\n", f.Name, number(f.Ours), f.Unit, bare, ratio, f.Target)
	}
	return lines.Flush()
}

// number has no fraction where there is none.
func number(value float64) string {
	if value == math.Trunc(value) {
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.2f", value)
}
