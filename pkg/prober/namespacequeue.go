// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"container/heap"
	"slices"
	"time"
)

// namespaceQueue holds the targets that owners of one namespace have at an address. Namespaces take turns, so that none
// waits for targets of another that are not served. Guarded by Prober.mu.
type namespaceQueue struct {
	namespace string
	heaps     [classCount]taskHeap
}

func (n *namespaceQueue) empty() bool { return n.first() == nil }

// first is the task to try first, whatever its class.
func (n *namespaceQueue) first() *task {
	var first *task
	for c := range n.heaps {
		if head := n.heaps[c].first(); head != nil && (first == nil || head.before(first)) {
			first = head
		}
	}
	return first
}

// add queues a task that is not queued. A namespace that had none gets its turn last.
func (q *addressQueue) add(t *task) {
	namespace := t.subscription.owner.Name.Namespace
	at := slices.IndexFunc(q.namespaces, func(n *namespaceQueue) bool { return n.namespace == namespace })
	if at < 0 {
		at = q.next
		q.namespaces = slices.Insert(q.namespaces, at, &namespaceQueue{namespace: namespace})
		q.next++
	}
	t.namespace, t.queuedClass = q.namespaces[at], t.class
	if t.background {
		t.queuedClass = classBackground
	}
	heap.Push(t.heap(), t)
	q.waiting[t.queuedClass]++
	q.idleUntil = time.Time{}
}

// remove takes a task out of the queue.
func (q *addressQueue) remove(t *task) {
	heap.Remove(t.heap(), t.index)
	q.waiting[t.queuedClass]--
	if !t.namespace.empty() {
		return
	}
	at := slices.Index(q.namespaces, t.namespace)
	q.namespaces = slices.Delete(q.namespaces, at, at+1)
	if at < q.next {
		q.next--
	}
}

// take removes a task that is about to be tried, and gives the turn to the next namespace.
func (q *addressQueue) take(t *task) {
	q.next = slices.Index(q.namespaces, t.namespace) + 1
	q.remove(t)
	q.running[t.queuedClass]++
	t.expedited = false
}

// setBackground changes whether a task is in the background.
func (q *addressQueue) setBackground(t *task, background bool) {
	t.background = background
	if t.index >= 0 {
		q.remove(t)
		q.add(t)
	}
}

// expedite makes a task the next one of its namespace. Its due time stays, so that a failure does not postpone it.
func (q *addressQueue) expedite(t *task) {
	t.expedited = true
	if t.index >= 0 {
		heap.Fix(t.heap(), t.index)
		q.idleUntil = time.Time{}
	}
}

// wakeAll makes all tasks due, because the address is back or the auth proxy in front of it is gone.
func (q *addressQueue) wakeAll(now time.Time) {
	q.idleUntil = time.Time{}
	for _, n := range q.namespaces {
		for c := range n.heaps {
			h := &n.heaps[c]
			for _, t := range *h {
				if t.due.After(now) {
					t.due = now
				}
			}
			heap.Init(h)
		}
	}
}

// each calls f for every target that waits.
func (q *addressQueue) each(f func(*task)) {
	for _, n := range q.namespaces {
		for c := range n.heaps {
			for _, t := range n.heaps[c] {
				f(t)
			}
		}
	}
}
