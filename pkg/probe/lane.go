// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"container/heap"
	"time"
)

// pullAhead is how many waiting targets of an address are asked at once when another target of it was
// proven. A data plane takes a new configuration as a whole, so the routes that were written at about
// the same time are served at the same time: every success draws the next few, and a wave of successes
// runs through a burst of any size, while a wave that meets a target not served yet ends after a few questions.
const pullAhead = 4

// pullWithin is how long after its start a target is drawn by the success of others. What has waited
// longer has a trouble of its own.
const pullWithin = 30 * time.Second

// lane holds the unproven targets of one address. Lanes take turns, so that a target never waits for
// the targets of another address. Guarded by Prober.mu, except conns.
type lane struct {
	address string
	conns   *conns
	// brisk are answered, or not asked yet; slow let the last try run into its timeout although the
	// address answers for others. They have few places, so that they can not hold up the brisk.
	brisk, slow queue
	// up: the last try brought an answer. While not up, at most one try is under way, and none before
	// resume: one dial speaks for all targets here.
	up         bool
	resume     time.Time
	fails      int
	lastAnswer time.Time
	downSince  time.Time
}

// next returns the queue whose head may be tried now, else nil and when to look again (zero: after an event).
func (l *lane) next(now time.Time, most int) (*queue, time.Time) {
	if !l.up {
		return l.nextDown(now)
	}
	var wake time.Time
	for _, c := range []struct {
		q    *queue
		most int
	}{{&l.brisk, most}, {&l.slow, max(1, most/4)}} {
		if len(c.q.tasks) == 0 || c.q.running >= c.most {
			continue
		}
		due := c.q.tasks[0].due
		if !due.After(now) {
			return c.q, time.Time{}
		}
		wake = earliest(wake, due)
	}
	return nil, wake
}

func (l *lane) nextDown(now time.Time) (*queue, time.Time) {
	q := &l.brisk
	if len(q.tasks) == 0 || (len(l.slow.tasks) > 0 && l.slow.tasks[0].before(q.tasks[0])) {
		q = &l.slow
	}
	if len(q.tasks) == 0 || l.brisk.running+l.slow.running > 0 {
		return nil, time.Time{}
	}
	at := q.tasks[0].due
	if at.Before(l.resume) {
		at = l.resume
	}
	if at.After(now) {
		return nil, at
	}
	return q, time.Time{}
}

func (l *lane) empty() bool {
	return len(l.brisk.tasks)+len(l.slow.tasks)+l.brisk.running+l.slow.running == 0
}

// add queues a task that is not queued.
func (l *lane) add(t *task) {
	t.queue = &l.brisk
	if t.slow {
		t.queue = &l.slow
	}
	heap.Push(t.queue, t)
}

// hurry makes a queued task the next one.
func (l *lane) hurry(t *task, now time.Time) {
	t.urgent, t.due = true, now
	if t.index >= 0 {
		heap.Fix(t.queue, t.index)
	}
}

// pull hurries the targets that have waited longest without being stuck.
func (l *lane) pull(now time.Time) {
	var first [pullAhead]*task
	for _, t := range l.brisk.tasks {
		if t.urgent || t.background || now.Sub(t.created) > pullWithin {
			continue
		}
		for i := range first {
			if first[i] == nil || t.seq < first[i].seq {
				first[i], t = t, first[i]
			}
			if t == nil {
				break
			}
		}
	}
	for _, t := range first {
		if t != nil {
			l.hurry(t, now)
		}
	}
}

// rouse makes everything due that waited for the address to come back.
func (l *lane) rouse(now time.Time) {
	for _, q := range []*queue{&l.brisk, &l.slow} {
		for _, t := range q.tasks {
			if t.due.After(now) && !t.background {
				t.due = now
			}
		}
		heap.Init(q)
	}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// queue is a heap of tasks, the next one first. running are those taken from it and not finished.
type queue struct {
	tasks   []*task
	running int
}

func (q *queue) Len() int           { return len(q.tasks) }
func (q *queue) Less(i, j int) bool { return q.tasks[i].before(q.tasks[j]) }
func (q *queue) Swap(i, j int) {
	q.tasks[i], q.tasks[j] = q.tasks[j], q.tasks[i]
	q.tasks[i].index, q.tasks[j].index = i, j
}

func (q *queue) Push(x any) {
	t := x.(*task)
	t.index = len(q.tasks)
	q.tasks = append(q.tasks, t)
}

func (q *queue) Pop() any {
	last := len(q.tasks) - 1
	t := q.tasks[last]
	q.tasks[last], q.tasks = nil, q.tasks[:last]
	t.index = -1
	return t
}
