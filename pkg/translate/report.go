// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// report collects what could not be done. Entries repeat when a rule is rendered
// for several groups of hosts; the first of each is kept.
type report struct {
	gaps     []Gap
	refusals []*conditions.Refusal
	known    sets.Set[any]
}

func (r *report) gap(g Gap) {
	if r.isNew(g) {
		r.gaps = append(r.gaps, g)
	}
}

func (r *report) refuse(refusal conditions.Refusal) {
	if r.isNew(refusal) {
		r.refusals = append(r.refusals, &refusal)
	}
}

func (r *report) isNew(entry any) bool {
	if r.known == nil {
		r.known = sets.New[any]()
	}
	defer r.known.Insert(entry)
	return !r.known.Has(entry)
}

// join adds what another stage could not do.
func (r *report) join(more report) {
	for _, gap := range more.gaps {
		r.gap(gap)
	}
	for _, refusal := range more.refusals {
		r.refuse(*refusal)
	}
}
