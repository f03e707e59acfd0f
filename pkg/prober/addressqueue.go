// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"container/heap"
	"net/http"
	"slices"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// addressQueue holds the unproven targets of one address, and what is known of the address. The queues of all addresses
// take turns, so that a target never waits for those of another address. Within a queue, the namespaces of the owners take
// turns. Guarded by Prober.mu, except conns.
type addressQueue struct {
	address    string
	conns      *conns
	namespaces []*namespaceQueue // round robin, beginning with the one at next
	next       int
	waiting    [classCount]int
	running    [classCount]int // tries under way that are not overdue
	overdue    int             // tries under way that are (overdue.go)
	// unavailable is how many targets wait whose last answer was 503.
	unavailable int
	limiter     rateLimiter
	idleUntil   time.Time // until when there is nothing to try, zero if not known
	// up: the last try brought an answer. While the address is down, at most one try is under way, and none before retryAt:
	// one dial speaks for all targets here.
	up         bool
	retryAt    time.Time
	fails      int
	lastAnswer time.Time
	downSince  time.Time
	// authProxySince is since when every answer of a route here has been asking for credentials; zero when the last one did
	// not.
	authProxySince time.Time
	progress       progress
	expediteAt     time.Time // when to expedite the oldest targets again, zero for never
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
	if t.unavailable = t.result.Code == http.StatusServiceUnavailable; t.unavailable {
		q.unavailable++
	}
	q.idleUntil = time.Time{}
}

// remove takes a task out of the queue.
func (q *addressQueue) remove(t *task) {
	heap.Remove(t.heap(), t.index)
	q.waiting[t.queuedClass]--
	if t.unavailable {
		q.unavailable--
	}
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

// expedite makes a task the next one of its namespace.
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

func (q *addressQueue) empty() bool {
	return len(q.namespaces) == 0 && q.running == [classCount]int{} && q.overdue == 0
}

// behindAuthProxy tells whether an auth proxy in front of the address answers for all targets. It must have done so for a
// while, because the answers of one target with an auth proxy of its own come between those of others.
func (q *addressQueue) behindAuthProxy(now time.Time) bool {
	return !q.authProxySince.IsZero() && now.Sub(q.authProxySince) >= probe.RefusedFor
}

// refusingSince is since when the address has been refusing all targets in the way of this outcome of t; zero if it has
// not. That it is down counts for a new target at once, because one dial speaks for all. An auth proxy may be the target's
// own, or that of a catch-all route that answers until the target's route is there: so what other targets met counts only
// once the target itself has been refused for a while.
func (q *addressQueue) refusingSince(o outcome, t *task, now time.Time) time.Time {
	switch {
	case o.kind == probe.Unreachable:
		return q.downSince
	case o.kind == probe.Credentials && !t.result.RefusedSince.IsZero() && now.Sub(t.result.RefusedSince) >= probe.RefusedAwhile:
		return q.authProxySince
	}
	return time.Time{}
}
