// SPDX-License-Identifier: Apache-2.0

package prober

import "time"

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
			var chosen *task
			for _, c := range pass {
				head := n.heaps[c].first()
				switch {
				case head == nil || q.running[c] >= c.limit() || c != classAnswering && !hangingAllowed:
				case !head.expedited && head.due.After(now):
					wake = earliest(wake, head.due)
				case chosen == nil || head.overtakes(chosen):
					chosen = head
				}
			}
			if chosen != nil {
				return chosen, time.Time{}
			}
		}
	}
	return nil, wake
}

// overtakes tells whether a task whose last try hung goes before another of its namespace: by the time that they are due, so
// that those that are answered, which may be due all the time, leave it a turn.
func (t *task) overtakes(chosen *task) bool {
	return chosen.queuedClass == classAnswering && !chosen.expedited && t.due.Before(chosen.due)
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

// mayHang tells whether a try may last until its timeout.
func (q *addressQueue) mayHang(t *task) bool { return !q.up || t.queuedClass != classAnswering }

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}
