// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
)

const (
	canaryPercent  = 20
	canaryRequests = 500
)

// report prints a line for each check and counts the failed ones.
type report struct {
	lines, wrong int
}

func (r *report) line(right bool, format string, args ...any) {
	mark := "  ok   "
	r.lines++
	if !right {
		r.wrong++
		mark = "  WRONG"
	}
	fmt.Printf("%s %s\n", mark, fmt.Sprintf(format, args...))
}

func (r *report) err() error {
	if r.wrong > 0 {
		return fmt.Errorf("%d of %d lines are wrong", r.wrong, r.lines)
	}
	fmt.Printf("\nAll %d lines are right.\n", r.lines)
	return nil
}

// expect asks once and prints whether the answer is the expected one.
func (r *report) expect(ctx context.Context, q question) {
	answers, err := ask(ctx, q, 1)
	if err != nil {
		r.line(false, "%v", err)
		return
	}
	got := answers[0]
	right := got.status == q.status && (q.body == "" || got.body == q.body)
	expected := ""
	if !right {
		expected = strings.TrimSpace(fmt.Sprintf("expected %d %s", q.status, q.body))
	}
	r.line(right, "%-50s %s", q, strings.TrimSpace(fmt.Sprintf("%-26v %s", got, expected)))
}

// share judges how many of the answers came from the new revision. The count is
// binomial; four standard deviations are exceeded by chance once in 16,000 runs.
func (r *report) share(answers []answer, old, next string) {
	counts := map[string]int{}
	failed := 0
	for _, a := range answers {
		if a.status != http.StatusOK {
			failed++
			continue
		}
		counts[a.body]++
	}
	n, p := float64(len(answers)), float64(canaryPercent)/100
	margin := int(math.Ceil(4 * math.Sqrt(n*p*(1-p))))
	mean := int(n * p)
	r.line(failed == 0 && counts[old]+counts[next] == len(answers), "%d answers that are not 200, %d from another revision",
		failed, len(answers)-failed-counts[old]-counts[next])
	r.line(counts[next] >= mean-margin && counts[next] <= mean+margin, "%d of %d from %s, that is %.1f %% (right: %d to %d)",
		counts[next], len(answers), next, 100*float64(counts[next])/n, mean-margin, mean+margin)
}

// printServices says which Gateway has a route for each service, and how long it
// took from the apply to Ready.
func (d *demo) printServices(ctx context.Context) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(out, "SERVICE\tHOST\tGATEWAY\tCLASS\tADDRESS\tREADY\tSECONDS TO READY")
	var wrong []error
	for _, service := range []struct{ name, gateway string }{{"hello", "blue"}, {"beta", "green"}, {"inner", "internal"}, {secure, "blue"}} {
		seen, there := d.services[service.name]
		if !there {
			continue
		}
		gateways, err := d.servedBy(ctx, seen.host)
		if err != nil {
			return err
		}
		at := strings.Join(gateways, ",")
		if at != service.gateway {
			wrong = append(wrong, fmt.Errorf("%s has routes on %q, not on %q alone", service.name, at, service.gateway))
		}
		g := d.gateways[at]
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%.1f\n", seen.name, seen.host, at, g.class, g.address, seen.ready.Status, seen.seconds)
	}
	return errors.Join(append(wrong, out.Flush())...)
}
