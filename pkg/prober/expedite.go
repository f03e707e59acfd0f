// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"cmp"
	"slices"
	"time"
)

// A gateway gives its data plane a new configuration as a whole, and its controller works through a burst of routes in
// about the order in which they were written. So where one target is proven, the older ones are likely served too, and the
// next ones will be soon. After every success the expediteCount oldest waiting targets of the address are tried before they
// are due: a wave of successes runs through a burst of any size, and ends a few tries after it meets what is not served
// yet. For burstFor after the last success, the oldest are also tried every burstInterval.
//
// The oldest of each namespace come first, so that older targets of one namespace that are not served hold up no others.
const (
	expediteCount = 4
	burstFor      = 5 * time.Second
	burstInterval = 50 * time.Millisecond
	// expediteMaxAge is how long after its start a target is expedited. One that has waited longer has a fault of its own.
	expediteMaxAge = 30 * time.Second
)

// expediteOldest expedites the oldest targets.
func (q *addressQueue) expediteOldest(now time.Time) {
	q.expediteAt = time.Time{}
	if now.Sub(q.progress.lastProof) < burstFor {
		q.expediteAt = now.Add(burstInterval)
	}
	type candidate struct {
		*task
		rank int // by age, in its namespace
	}
	candidates := []candidate{}
	for _, n := range q.namespaces {
		for rank, t := range n.oldest(now) {
			if t != nil {
				candidates = append(candidates, candidate{t, rank})
			}
		}
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.seq, b.seq))
	})
	for _, c := range candidates[:min(expediteCount, len(candidates))] {
		q.expedite(c.task)
	}
}

// oldest are the oldest targets of the namespace that can be expedited and are not yet.
func (n *namespaceQueue) oldest(now time.Time) [expediteCount]*task {
	var oldest [expediteCount]*task
	for _, t := range n.heaps[classAnswering] {
		if t.expedited || now.Sub(t.created) > expediteMaxAge {
			continue
		}
		for i := range oldest {
			if oldest[i] == nil || t.seq < oldest[i].seq {
				oldest[i], t = t, oldest[i]
			}
			if t == nil {
				break
			}
		}
	}
	return oldest
}
