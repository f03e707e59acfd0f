// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"container/heap"
	"slices"
	"time"
)

// space holds the targets that owners of one namespace have at an address. Spaces take turns, so that nobody waits
// for what others have that is not served. Guarded by Prober.mu.
type space struct {
	namespace string
	queues    [classes]queue
}

func (s *space) empty() bool { return s.first() == nil }

// first is the next one of all classes.
func (s *space) first() *task {
	var first *task
	for c := range s.queues {
		if head := s.queues[c].head(); head != nil && (first == nil || head.before(first)) {
			first = head
		}
	}
	return first
}

// add queues a task that is not queued. A namespace that has had no task is the last to have its turn.
func (l *lane) add(t *task) {
	namespace := t.asker.owner.Name.Namespace
	at := slices.IndexFunc(l.spaces, func(s *space) bool { return s.namespace == namespace })
	if at < 0 {
		at = l.turn
		l.spaces = slices.Insert(l.spaces, at, &space{namespace: namespace})
		l.turn++
	}
	t.space, t.queued = l.spaces[at], t.class
	if t.background {
		t.queued = behind
	}
	heap.Push(t.queue(), t)
	l.waiting[t.queued]++
	l.rests = time.Time{}
}

// remove takes a task out of its queue.
func (l *lane) remove(t *task) {
	heap.Remove(t.queue(), t.index)
	l.waiting[t.queued]--
	if !t.space.empty() {
		return
	}
	at := slices.Index(l.spaces, t.space)
	l.spaces = slices.Delete(l.spaces, at, at+1)
	if at < l.turn {
		l.turn--
	}
}

// take removes a task that is to be tried, and gives the turn to the next namespace.
func (l *lane) take(t *task) {
	l.turn = slices.Index(l.spaces, t.space) + 1
	l.remove(t)
	l.running[t.queued]++
	t.urgent = false
}

// move changes whether a task is in the background.
func (l *lane) move(t *task, background bool) {
	t.background = background
	if t.index >= 0 {
		l.remove(t)
		l.add(t)
	}
}

// hurry makes a task the next one of its namespace. Its due time stays, so that a draw in vain does not postpone its own
// turn.
func (l *lane) hurry(t *task) {
	t.urgent = true
	if t.index >= 0 {
		heap.Fix(t.queue(), t.index)
		l.rests = time.Time{}
	}
}

// rouse makes everything due that waited for the address to come back, or for the guard in front of it to go.
func (l *lane) rouse(now time.Time) {
	l.rests = time.Time{}
	for _, s := range l.spaces {
		for c := range s.queues {
			q := &s.queues[c]
			for _, t := range *q {
				if t.due.After(now) {
					t.due = now
				}
			}
			heap.Init(q)
		}
	}
}

// each calls f for every target that waits.
func (l *lane) each(f func(*task)) {
	for _, s := range l.spaces {
		for c := range s.queues {
			for _, t := range s.queues[c] {
				f(t)
			}
		}
	}
}
