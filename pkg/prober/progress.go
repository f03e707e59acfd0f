// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"net/http"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// A data plane takes up new routes in about the order in which they were written, in waves: the more routes there are, the
// longer the pauses between two. A target whose turn has not come is no reason to report a failure.
const (
	// A target is skipped, which is a fault of its own, when a target that is newer by skippedBy was proven first, or one
	// that is newer by skippedCountBy and by skippedCount targets, and a try that started afterwards failed. (A busy Prober
	// may try the newer one first.)
	skippedBy      = 5 * time.Second
	skippedCount   = 200
	skippedCountBy = time.Second
	// failureGrace is how long a target may fail in a way that waiting for its turn does not explain.
	failureGrace = 5 * time.Second
	// busyTargets is from how many targets that time out, or are answered 503, on it is the data plane that is busy, and not
	// their backends that hang or are away: a proxy learns of routes before it learns of their endpoints.
	busyTargets = 5
	// A data plane may pause for pausePerTarget times the waiting targets (less freeTargets), or for as long as its longest
	// pause within the last pauseMemory; for maxPause at most.
	freeTargets    = 50
	pausePerTarget = 25 * time.Millisecond
	pauseMemory    = time.Minute
	maxPause       = 25 * time.Second
)

// progress is what proofs tell of how far the data plane at an address has come.
type progress struct {
	lastProof time.Time
	newest    time.Time     // creation of the newest proven target
	lastSeq   uint64        // the highest seq of a proven target
	pause     time.Duration // the longest between two proofs, of late, while targets waited
	pauseAt   time.Time     // when it ended
}

// proven takes in that a target was proven.
func (p *progress) proven(t *task, now time.Time) {
	if pause := now.Sub(p.lastProof); t.created.Before(p.lastProof) && (pause > p.pause || now.Sub(p.pauseAt) > pauseMemory) {
		p.pause, p.pauseAt = pause, now
	}
	p.lastProof, p.lastSeq = now, max(p.lastSeq, t.seq)
	if t.created.After(p.newest) {
		p.newest = t.created
	}
}

// continues tells whether a data plane for which so many targets wait can be expected to serve more of them.
func (p *progress) continues(t *task, waiting int, now time.Time) bool {
	startup := min(maxPause, time.Duration(max(0, waiting-freeTargets))*pausePerTarget)
	pause := startup
	if now.Sub(p.pauseAt) <= pauseMemory {
		pause = min(maxPause, max(pause, p.pause))
	}
	return now.Sub(p.lastProof) < burstFor+pause || now.Sub(t.created) < startup
}

// newerProven tells whether so much newer targets are proven that the data plane, if it keeps the order, serves this one.
func (p *progress) newerProven(t *task) bool {
	newer := p.newest.Sub(t.created)
	return newer >= skippedBy || newer >= skippedCountBy && p.lastSeq >= t.seq+skippedCount
}

// Progressing tells whether the data planes still take up older targets than those that the owner waits for: each question of
// the owner waits at an address where that is so, and was not skipped. Then a failure is not worth reporting yet.
func (p *Prober) Progressing(owner Owner) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subscriptions[owner]
	return s != nil && s.progressing(time.Now())
}

func (s *subscription) progressing(now time.Time) bool {
	progressing := map[probe.Target]bool{}
	for _, t := range s.tasks {
		question := t.result.Question()
		if t.queue != nil && !t.background && s.open[t.result.Gateway][question] {
			progressing[question] = progressing[question] || t.queue.progressing(t, now)
		}
	}
	for _, ok := range progressing {
		if !ok {
			return false
		}
	}
	return len(progressing) > 0
}

// progressing tells whether the data plane is still taking up older targets than this one. That the address has been down
// for a moment does not count: a busy proxy may be late with the one connection whose try speaks for all.
func (q *addressQueue) progressing(t *task, now time.Time) bool {
	inOrder := unserved(t.result.Kind) || now.Sub(t.result.Since) < failureGrace || t.result.Kind == probe.NoAnswer && q.manyHang() ||
		t.result.Code == http.StatusServiceUnavailable && q.unavailable >= busyTargets
	reached := q.up || now.Sub(q.downSince) < failureGrace
	return reached && inOrder && !t.skipped && q.progress.continues(t, q.waiting[classNew]+q.waiting[classAnswering], now)
}

// busy tells whether an outcome was a timeout only because the data plane at the address is busy.
func (q *addressQueue) busy(o outcome) bool { return o.kind == probe.NoAnswer && q.manyHang() }

// manyHang tells whether so many targets time out at an address that answers for others that it is the data plane that is
// late, and not their backends.
func (q *addressQueue) manyHang() bool { return q.waiting[classHanging]+q.overdue >= busyTargets }

// unserved tells whether the last answer, if there was one, says only that the data plane does not serve the version yet.
func unserved(kind probe.Kind) bool {
	switch kind {
	case "", probe.NotServed, probe.FormerVersion, probe.WrongHash:
		return true
	}
	return false
}
