// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"pgregory.net/rapid"
)

// queueing is workers that write to Gateways in turn, as values: each step begins or ends a
// reconcile.
type queueing struct {
	turns  *turns
	queue  []types.NamespacedName
	wishes map[types.NamespacedName][]types.NamespacedName
	// working are the reconciles under way, with the Gateway that each writes to; it may write to none.
	working map[types.NamespacedName]types.NamespacedName
	// again are called during their reconcile.
	again map[types.NamespacedName]bool
	looks int
}

func newQueueing() *queueing {
	q := &queueing{wishes: map[types.NamespacedName][]types.NamespacedName{}, working: map[types.NamespacedName]types.NamespacedName{}, again: map[types.NamespacedName]bool{}}
	q.turns = newTurns(q.enqueue)
	return q
}

func (q *queueing) enqueue(key types.NamespacedName) {
	for _, queued := range q.queue {
		if queued == key {
			return
		}
	}
	if _, working := q.working[key]; working {
		q.again[key] = true
		return
	}
	q.queue = append(q.queue, key)
}

// begin begins the reconcile of the first in the queue, which asks for what it wishes.
func (q *queueing) begin() {
	key := q.queue[0]
	q.queue = q.queue[1:]
	q.working[key] = types.NamespacedName{}
	q.looks++
	for i, gateway := range q.wishes[key] {
		if q.turns.take(gateway, key) {
			q.working[key] = gateway
			q.wishes[key] = append(q.wishes[key][:i:i], q.wishes[key][i+1:]...)
			return
		}
	}
}

// end ends a reconcile. What it has not come to, it does in another.
func (q *queueing) end(key types.NamespacedName) {
	written := q.working[key]
	if written != (types.NamespacedName{}) {
		q.turns.give(written)
	}
	q.turns.ended(key)
	delete(q.working, key)
	if q.again[key] || written != (types.NamespacedName{}) && len(q.wishes[key]) > 0 {
		delete(q.again, key)
		q.enqueue(key)
	}
}

func anyOf(t *rapid.T, keys []types.NamespacedName) types.NamespacedName {
	return keys[rapid.IntRange(0, len(keys)-1).Draw(t, "which")]
}

// TestTurns: B-OPS-3, everybody who asks for a Gateway has it once, one at a time, whoever is deleted or
// changes its mind meanwhile; and nothing is remembered afterwards.
func TestTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, blue, green := newQueueing(), types.NamespacedName{Name: "blue"}, types.NamespacedName{Name: "green"}
		all := []types.NamespacedName{}
		for i := range rapid.IntRange(1, 8).Draw(t, "KIngresses") {
			key := types.NamespacedName{Name: fmt.Sprintf("s%d", i)}
			q.wishes[key] = rapid.SampledFrom([][]types.NamespacedName{{blue}, {green}, {blue, green}}).Draw(t, "wishes")
			all = append(all, key)
			q.enqueue(key)
		}
		for len(q.queue)+len(q.working) > 0 {
			working, writing := []types.NamespacedName{}, map[types.NamespacedName]int{}
			for _, key := range all {
				if gateway, is := q.working[key]; is {
					working = append(working, key)
					if writing[gateway]++; writing[gateway] > 1 && gateway.Name != "" {
						t.Fatalf("Two write to %s", gateway.Name)
					}
				}
			}
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0: // and its event is yet to come
				q.wishes[anyOf(t, all)] = nil
			case 1:
				q.enqueue(anyOf(t, all)) // for whatever reason
			case 2, 3, 4, 5:
				if len(q.queue) > 0 && len(working) < 4 {
					q.begin()
				}
			default:
				if len(working) > 0 {
					q.end(anyOf(t, working))
				}
			}
		}
		for key, wishes := range q.wishes {
			if len(wishes) > 0 {
				t.Errorf("%s was not called for %v", key.Name, wishes)
			}
		}
		if len(q.turns.gateways)+len(q.turns.waiting) > 0 {
			t.Errorf("Remembered: %v, %v", q.turns.gateways, q.turns.waiting)
		}
	})
}

// TestTurnsOfMany: B-OPS-1, a hundred who wait for one Gateway look twice each: when they come, and when
// they are called.
func TestTurnsOfMany(t *testing.T) {
	const many, workers = 100, 16
	q, blue := newQueueing(), types.NamespacedName{Name: "blue"}
	for i := range many {
		key := types.NamespacedName{Name: fmt.Sprintf("s%d", i)}
		q.wishes[key] = []types.NamespacedName{blue}
		q.enqueue(key)
	}
	for len(q.queue)+len(q.working) > 0 {
		for len(q.queue) > 0 && len(q.working) < workers {
			q.begin()
		}
		writer := types.NamespacedName{}
		for key, gateway := range q.working {
			if gateway != blue {
				q.end(key)
			} else {
				writer = key
			}
		}
		if len(q.queue) == 0 { // a write takes longer than all looks that find it
			q.end(writer)
		}
	}
	if q.looks > 2*many {
		t.Errorf("%d looks", q.looks)
	}
}
