// SPDX-License-Identifier: Apache-2.0

package conditions

import (
	"k8s.io/apimachinery/pkg/util/sets"
)

// Report is what could not be done. Entries repeat when a rule is rendered for several groups of
// hosts; the first of each is kept.
type Report struct {
	Gaps     []Gap
	Refusals []*Refusal
	known    sets.Set[any]
}

// AddGap reports what is served without something.
func (r *Report) AddGap(g Gap) {
	if r.isNew(g) {
		r.Gaps = append(r.Gaps, g)
	}
}

// Refuse reports what is not served.
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

// Join adds what another one says.
func (r *Report) Join(more Report) {
	for _, gap := range more.Gaps {
		r.AddGap(gap)
	}
	for _, refusal := range more.Refusals {
		r.Refuse(*refusal)
	}
}
