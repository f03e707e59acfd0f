// SPDX-License-Identifier: Apache-2.0

package conditions

import (
	"k8s.io/apimachinery/pkg/util/sets"
)

// Report collects gaps and refusals, each once: a rule that is rendered for several groups of hosts reports the same
// for each.
type Report struct {
	Gaps     []Gap
	Refusals []*Refusal
	known    sets.Set[any]
}

// AddGap reports a gap.
func (r *Report) AddGap(g Gap) {
	if r.isNew(g) {
		r.Gaps = append(r.Gaps, g)
	}
}

// Refuse reports a refusal.
func (r *Report) Refuse(refusal Refusal) {
	if r.isNew(refusal) {
		r.Refusals = append(r.Refusals, &refusal)
	}
}

func (r *Report) isNew(entry any) bool {
	if r.known == nil {
		r.known = sets.New[any]()
	}
	defer r.known.Insert(entry)
	return !r.known.Has(entry)
}

// Join adds the entries of another report.
func (r *Report) Join(more Report) {
	for _, gap := range more.Gaps {
		r.AddGap(gap)
	}
	for _, refusal := range more.Refusals {
		r.Refuse(*refusal)
	}
}
