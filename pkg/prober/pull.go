// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"slices"
	"time"
)

// A data plane takes a new configuration as a whole, and controllers work through a burst of routes in about the
// order in which they were written. So a target that was proven says that its elders are likely served too, and
// that the next ones soon will be: every success draws the pullAhead eldest waiting targets of the address, so that
// a wave of successes runs through a burst of any size and ends a few questions after it meets what is not
// served yet. As long as the last success is less than surgeFor ago, the eldest are asked every surgeEvery besides.
//
// Half of them are the eldest of all, the others the eldest of a namespace each: elders of one that are not served
// hold up no others.
const (
	pullAhead  = 4
	surgeFor   = 5 * time.Second
	surgeEvery = 50 * time.Millisecond
	// pullWithin is how long after its start a target is drawn. What has waited longer has a trouble of its own.
	pullWithin = 30 * time.Second
)

// pull hurries the eldest targets that are not stuck.
func (q *addressQueue) pull(now time.Time) {
	q.surge = time.Time{}
	if now.Sub(q.pace.lastProof) < surgeFor {
		q.surge = now.Add(surgeEvery)
	}
	all, ranks := []*task{}, [pullAhead][]*task{}
	for _, n := range q.namespaces {
		for rank, t := range n.eldest(now) {
			if t != nil {
				all, ranks[rank] = append(all, t), append(ranks[rank], t)
			}
		}
	}
	drawn := 0
	draw := func(tasks []*task, most int) {
		slices.SortFunc(tasks, byAge)
		for _, t := range tasks {
			if drawn < most && !t.urgent {
				q.hurry(t)
				drawn++
			}
		}
	}
	draw(all, pullAhead/2)
	for _, rank := range ranks {
		draw(rank, pullAhead)
	}
}

// eldest are the eldest targets of the namespace that are not stuck, and not hurried already.
func (n *namespaceQueue) eldest(now time.Time) [pullAhead]*task {
	var eldest [pullAhead]*task
	for _, t := range n.heaps[classAnswering] {
		if t.urgent || now.Sub(t.created) > pullWithin {
			continue
		}
		for i := range eldest {
			if eldest[i] == nil || t.seq < eldest[i].seq {
				eldest[i], t = t, eldest[i]
			}
			if t == nil {
				break
			}
		}
	}
	return eldest
}

func byAge(a, b *task) int {
	if a.seq < b.seq {
		return -1
	}
	return 1
}
