// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// class of a task, by its last try. Each has a limit of its own, so that tries that hang do not hold up those that will
// be answered.
type class int

const (
	classNew        class = iota // no try has ended yet
	classAnswering               // the last try brought an answer
	classHanging                 // timed out, although the address answers for others
	classBackground              // a background target: after all others
	classCount                   // how many there are
)

// limit is how many tries of a class may be under way at an address.
func (c class) limit() int {
	return [classCount]int{perAddress / 2, perAddress, perAddress / 4, perAddress / 4}[c]
}

// addressQueue holds the unproven targets of one address, and what is known of the address. The queues of all addresses
// take turns, so that a target never waits for those of another address. Within a queue, the namespaces of the owners take
// turns. Guarded by Prober.mu, except conns.
type addressQueue struct {
	address    string
	conns      *conns
	namespaces []*namespaceQueue // round robin, beginning with the one at next
	next       int
	waiting    [classCount]int
	running    [classCount]int // tries under way
	limiter    rateLimiter
	idleUntil  time.Time // until when there is nothing to try, zero if not known
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

// pick returns the task that may be tried now, else nil and when to look again (zero: after an event).
// hangingAllowed tells whether it may be one whose try may hang.
func (q *addressQueue) pick(now time.Time, hangingAllowed bool) (*task, time.Time) {
	if q.idleUntil.After(now) {
		return nil, q.idleUntil
	}
	t, wake := q.scan(now, hangingAllowed)
	if q.idleUntil = wake; t == nil && wake.IsZero() && hangingAllowed {
		q.idleUntil = now.Add(time.Hour)
	}
	return t, wake
}

func (q *addressQueue) scan(now time.Time, hangingAllowed bool) (*task, time.Time) {
	switch {
	case q.limiter.next.After(now):
		return nil, q.limiter.next
	case q.up:
	case hangingAllowed:
		return q.scanDown(now)
	default:
		return nil, time.Time{}
	}
	if !q.expediteAt.IsZero() && !q.expediteAt.After(now) {
		q.expediteOldest(now)
	}
	wake := q.expediteAt
	for _, pass := range [][]class{{classNew, classAnswering, classHanging}, {classBackground}} {
		for i := range q.namespaces {
			n := q.namespaces[(q.next+i)%len(q.namespaces)]
			for _, c := range pass {
				head := n.heaps[c].first()
				if head == nil || q.running[c] >= c.limit() || c != classAnswering && !hangingAllowed {
					continue
				}
				if head.expedited || !head.due.After(now) {
					return head, time.Time{}
				}
				wake = earliest(wake, head.due)
			}
		}
	}
	return nil, wake
}

// scanDown is scan for an address that is down. Here, too, the namespaces take turns: the one try may be one that hangs.
func (q *addressQueue) scanDown(now time.Time) (*task, time.Time) {
	if q.running != [classCount]int{} {
		return nil, time.Time{}
	}
	wake := time.Time{}
	for i := range q.namespaces {
		first := q.namespaces[(q.next+i)%len(q.namespaces)].first()
		at := first.due
		if first.expedited || at.Before(q.retryAt) {
			at = q.retryAt
		}
		if !at.After(now) {
			return first, time.Time{}
		}
		wake = earliest(wake, at)
	}
	return nil, wake
}

func (q *addressQueue) empty() bool {
	return len(q.namespaces) == 0 && q.running == [classCount]int{}
}

// mayHang tells whether a try may last until its timeout.
func (q *addressQueue) mayHang(t *task) bool { return !q.up || t.queuedClass != classAnswering }

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

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
