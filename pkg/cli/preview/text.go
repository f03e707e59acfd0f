// SPDX-License-Identifier: Apache-2.0

package preview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

// Found implements output.Report: something gets worse.
func (r Report) Found() bool {
	lost := slices.ContainsFunc(r.Paths, func(change PathChange) bool { return change.To == "" })
	return len(r.Loses) > 0 || len(r.Gaps) > 0 || len(r.Refusals) > 0 || lost
}

// Text implements output.Report.
func (r Report) Text(paper *output.Paper) {
	paper.Line("%s", r.Change)
	rows := [][]string{}
	for _, move := range r.Moves {
		rows = append(rows, []string{"MOVES", move.Service, move.Visibility, move.From + " -> " + move.To, hosts(move.Hosts), "both serve until proven, then " + r.Drain})
	}
	for _, loss := range r.Loses {
		to := loss.To
		if to == "" {
			to = "no Gateway"
		}
		rows = append(rows, []string{"LOSES", loss.Service, loss.Visibility, strings.TrimPrefix(loss.From+" -> "+to, " -> "), "", loss.Reason + ": " + loss.Message})
	}
	for _, gain := range r.Gains {
		rows = append(rows, []string{"GAINS", gain.Service, gain.Visibility, gain.To, hosts(gain.Hosts), ""})
	}
	for _, gap := range r.Gaps {
		rows = append(rows, []string{"GAPS", gap.Service, "", "", "", gap.Gap})
	}
	paper.Table(nil, slices.Concat(rows, r.pathRows()))
	further := ""
	if n := len(r.Paths) + len(r.Refusals); n > 0 {
		further = fmt.Sprintf(", paths: %d, refusals: %d", len(r.Paths), len(r.Refusals))
	}
	paper.Line("%d of %d services stay as they are; moves: %d, losses: %d, gaps: %d%s.", r.Stay, r.Services, len(r.Moves), len(r.Loses), len(r.Gaps), further)
	for _, unseen := range r.Unseen {
		paper.Line("%s", unseen)
	}
}

func hosts(n int) string {
	if n == 1 {
		return "1 host"
	}
	return fmt.Sprintf("%d hosts", n)
}

// itself is where requests go that no attached HTTPRoute leads elsewhere.
const itself = "the service itself"

func (r Report) pathRows() (rows [][]string) {
	for _, change := range r.Paths {
		from, to := cmp.Or(change.From, itself), cmp.Or(change.To, itself)
		rows = append(rows, []string{"PATHS", change.Service, change.Visibility, change.Match + ": " + from + " -> " + to, hosts(len(change.Hosts)), "HTTPRoute " + change.HTTPRoute})
	}
	for _, refusal := range r.Refusals {
		rows = append(rows, []string{"REFUSES", refusal.Service, "", "HTTPRoute " + refusal.HTTPRoute, "", refusal.Reason + ": " + refusal.Message})
	}
	return rows
}
