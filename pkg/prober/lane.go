// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"container/heap"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// A data plane takes a new configuration as a whole, and controllers work through a burst of routes in about the
// order in which they were written. So a target that was proven says that its elders are likely served too, and
// that the next ones soon will be: every success draws the pullAhead eldest waiting targets of the address, so that
// a wave of successes runs through a burst of any size and ends a few questions after it meets what is not
// served yet. As long as the last success is less than surgeFor ago, the eldest are asked every surgeEvery besides.
const (
	pullAhead  = 4
	surgeFor   = 5 * time.Second
	surgeEvery = 50 * time.Millisecond
	// pullWithin is how long after its start a target is drawn. What has waited longer has a trouble of its own.
	pullWithin = 30 * time.Second
)

// class of a task: what its last try tells of the next one. Each has its own places, so that tries
// that hang can not hold up those that will not.
type class int

const (
	fresh   class = iota // never answered
	brisk                // answered
	slow                 // ran into the timeout, although the address answers for others
	behind               // of a background target: after all others
	classes              // how many there are
)

// places is how many tries of a class may be under way at an address, out of most.
func (c class) places(most int) int {
	return max(1, [classes]int{most / 2, most, most / 4, most / 4}[c])
}

// lane holds the unproven targets of one address. Lanes take turns, so that a target never waits for
// the targets of another address. Guarded by Prober.mu, except conns.
type lane struct {
	address string
	conns   *conns
	queues  [classes]queue
	// up: the last try brought an answer. While not up, at most one try is under way, and none before
	// resume: one dial speaks for all targets here.
	up         bool
	resume     time.Time
	fails      int
	lastAnswer time.Time
	downSince  time.Time
	// guardedSince is from when on every answer of a route here asked for credentials; zero when the last one did not.
	guardedSince time.Time
	pace         pace
	surge        time.Time // when the eldest are drawn again, zero for not
}

// next returns the queue whose head may be tried now, else nil and when to look again (zero: after an event).
func (l *lane) next(now time.Time, most int) (*queue, time.Time) {
	if !l.up {
		return l.nextDown(now)
	}
	if !l.surge.IsZero() && !l.surge.After(now) {
		l.pull(now)
	}
	wake := l.surge
	for c := range l.queues {
		q := &l.queues[c]
		if len(q.tasks) == 0 || q.running >= class(c).places(most) {
			continue
		}
		head := q.tasks[0]
		if head.urgent || !head.due.After(now) {
			return q, time.Time{}
		}
		wake = earliest(wake, head.due)
	}
	return nil, wake
}

func (l *lane) nextDown(now time.Time) (*queue, time.Time) {
	var first *queue
	for c := range l.queues {
		q := &l.queues[c]
		if q.running > 0 {
			return nil, time.Time{}
		}
		if len(q.tasks) > 0 && (first == nil || q.tasks[0].before(first.tasks[0])) {
			first = q
		}
	}
	if first == nil {
		return nil, time.Time{}
	}
	at := first.tasks[0].due
	if first.tasks[0].urgent || at.Before(l.resume) {
		at = l.resume
	}
	if at.After(now) {
		return nil, at
	}
	return first, time.Time{}
}

func (l *lane) empty() bool {
	n := 0
	for c := range l.queues {
		n += len(l.queues[c].tasks) + l.queues[c].running
	}
	return n == 0
}

// add queues a task that is not queued.
func (l *lane) add(t *task) {
	t.queue = &l.queues[t.class]
	if t.background {
		t.queue = &l.queues[behind]
	}
	heap.Push(t.queue, t)
}

// move changes whether a task is in the background.
func (l *lane) move(t *task, background bool) {
	t.background = background
	if t.index >= 0 {
		heap.Remove(t.queue, t.index)
		l.add(t)
	}
}

// hurry makes a task the next one. Its due time stays, so that a draw in vain does not postpone its own turn.
func (l *lane) hurry(t *task) {
	t.urgent = true
	if t.index >= 0 {
		heap.Fix(t.queue, t.index)
	}
}

// pull hurries the eldest targets that are not stuck.
func (l *lane) pull(now time.Time) {
	l.surge = time.Time{}
	if now.Sub(l.pace.lastProof) < surgeFor {
		l.surge = now.Add(surgeEvery)
	}
	var eldest [pullAhead]*task
	for _, t := range l.queues[brisk].tasks {
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
	for _, t := range eldest {
		if t != nil {
			l.hurry(t)
		}
	}
}

// rouse makes everything due that waited for the address to come back, or for the guard in front of it to go.
func (l *lane) rouse(now time.Time) {
	for c := range l.queues {
		q := &l.queues[c]
		for _, t := range q.tasks {
			if t.due.After(now) {
				t.due = now
			}
		}
		heap.Init(q)
	}
}

// each calls f for every target that waits.
func (l *lane) each(f func(*task)) {
	for c := range l.queues {
		for _, t := range l.queues[c].tasks {
			f(t)
		}
	}
}

// guarded tells whether something in front has been asking everybody for credentials, long enough to be believed: the
// answers of one target with a guard of its own come between those of others.
func (l *lane) guarded(now time.Time) bool {
	return !l.guardedSince.IsZero() && now.Sub(l.guardedSince) >= probe.RefusedFor
}

// refusingSince is from when on the address has been refusing everybody in the way of this outcome of a try of t,
// zero if it has not. Others count for the reachability of an address at once, because one dial speaks for all. What asks
// for credentials may be the target's own, or a route for all hosts that answers until the target's is there, so others
// count only when the target has been refused for a while itself.
func (l *lane) refusingSince(o outcome, t *task, now time.Time) time.Time {
	switch {
	case o.kind == probe.Unreachable:
		return l.downSince
	case o.kind == probe.Credentials && !t.result.RefusedSince.IsZero() && now.Sub(t.result.RefusedSince) >= probe.RefusedAwhile:
		return l.guardedSince
	}
	return time.Time{}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
