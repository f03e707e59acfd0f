// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
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
// the targets of another address, and in a lane the namespaces of the owners do. Guarded by Prober.mu, except conns.
type lane struct {
	address string
	conns   *conns
	spaces  []*space // in the order of their turns, beginning with the one at turn
	turn    int
	waiting [classes]int
	running [classes]int // tries under way
	pacer   pacer
	rests   time.Time // until when there is nothing to try, zero for not known
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

// next returns the task that may be tried now, else nil and when to look again (zero: after an event). doubtful tells
// whether it may be one that may hang.
func (l *lane) next(now time.Time, most int, doubtful bool) (*task, time.Time) {
	if l.rests.After(now) {
		return nil, l.rests
	}
	t, wake := l.look(now, most, doubtful)
	if l.rests = wake; t == nil && wake.IsZero() && doubtful {
		l.rests = now.Add(time.Hour)
	}
	return t, wake
}

func (l *lane) look(now time.Time, most int, doubtful bool) (*task, time.Time) {
	switch {
	case l.pacer.start.After(now):
		return nil, l.pacer.start
	case l.up:
	case doubtful:
		return l.nextDown(now)
	default:
		return nil, time.Time{}
	}
	if !l.surge.IsZero() && !l.surge.After(now) {
		l.pull(now)
	}
	wake := l.surge
	for _, pass := range [][]class{{fresh, brisk, slow}, {behind}} {
		for i := range l.spaces {
			s := l.spaces[(l.turn+i)%len(l.spaces)]
			for _, c := range pass {
				head := s.queues[c].head()
				if head == nil || l.running[c] >= c.places(most) || c != brisk && !doubtful {
					continue
				}
				if head.urgent || !head.due.After(now) {
					return head, time.Time{}
				}
				wake = earliest(wake, head.due)
			}
		}
	}
	return nil, wake
}

// nextDown is next while one try speaks for all. The namespaces take turns here, too: the try that hangs may be one's own.
func (l *lane) nextDown(now time.Time) (*task, time.Time) {
	if l.running != [classes]int{} {
		return nil, time.Time{}
	}
	wake := time.Time{}
	for i := range l.spaces {
		first := l.spaces[(l.turn+i)%len(l.spaces)].first()
		at := first.due
		if first.urgent || at.Before(l.resume) {
			at = l.resume
		}
		if !at.After(now) {
			return first, time.Time{}
		}
		wake = earliest(wake, at)
	}
	return nil, wake
}

func (l *lane) empty() bool {
	return len(l.spaces) == 0 && l.running == [classes]int{}
}

// doubts tells whether a try may hang.
func (l *lane) doubts(t *task) bool { return !l.up || t.queued != brisk }

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
