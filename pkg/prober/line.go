// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// A data plane takes up new routes in about the order in which they were written, in waves: the more routes there are, the
// longer it rests between two. A target that is in line has nothing to report.
const (
	// A target has a trouble of its own when one that is so much younger, or so many later and a little younger, was proven
	// first, and it was asked in vain since: a busy Prober may ask the younger one first.
	overtaking  = 5 * time.Second
	overtakenBy = 200
	outOfOrder  = time.Second
	// troubled is how long a target may fail in a way that being in line does not explain.
	troubled = 5 * time.Second
	// hanging is how many targets that are not answered in time are no trouble of theirs: a data plane
	// that has much to do answers late.
	hanging = 5
	// A data plane may take up nothing for restFor each target that waits but a few, or for as long as it did within the
	// last restKnown while targets waited; for mostRest at most.
	few       = 50
	restFor   = 25 * time.Millisecond
	restKnown = time.Minute
	mostRest  = 25 * time.Second
)

// pace is what proofs say of how a data plane works its line down.
type pace struct {
	lastProof time.Time
	youngest  time.Time     // when the youngest target that is proven was asked for
	latest    uint64        // the place in order of the last target that is proven
	rest      time.Duration // how long nothing was proven, the longest of late, while somebody waited
	restAt    time.Time
}

// proved keeps what the proof of a target says of the others.
func (l *pace) proved(t *task, now time.Time) {
	if rest := now.Sub(l.lastProof); t.created.Before(l.lastProof) && (rest > l.rest || now.Sub(l.restAt) > restKnown) {
		l.rest, l.restAt = rest, now
	}
	l.lastProof, l.latest = now, max(l.latest, t.seq)
	if t.created.After(l.youngest) {
		l.youngest = t.created
	}
}

// atWork tells whether a data plane with so many in line goes on to take them up.
func (l *pace) atWork(t *task, waiting int, now time.Time) bool {
	beginning := min(mostRest, time.Duration(max(0, waiting-few))*restFor)
	rest := beginning
	if now.Sub(l.restAt) <= restKnown {
		rest = min(mostRest, max(rest, l.rest))
	}
	return now.Sub(l.lastProof) < burstFor+rest || now.Sub(t.created) < beginning
}

// overtook tells whether the data plane, if it keeps to the order, serves a target by now.
func (l *pace) overtook(t *task) bool {
	younger := l.youngest.Sub(t.created)
	return younger >= overtaking || younger >= outOfOrder && l.latest >= t.seq+overtakenBy
}

// InLine tells whether each question that the owner waits for is at an address that still takes up targets, and none
// that was asked for later: there is nothing to say of a data plane that is at work.
func (p *Prober) InLine(owner Owner) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subscriptions[owner]
	if s == nil {
		return false
	}
	now, comes := time.Now(), map[probe.Target]bool{}
	for _, t := range s.tasks {
		question := t.result.Question()
		if t.queue != nil && !t.background && s.open[t.result.Gateway][question] {
			comes[question] = comes[question] || t.queue.comesTo(t, now)
		}
	}
	for _, inLine := range comes {
		if !inLine {
			return false
		}
	}
	return len(comes) > 0
}

// comesTo tells whether the data plane is still taking up what was asked for before the target. A moment without an answer
// is no news: at work, a proxy may be late with a connection, and that one try speaks for all.
func (q *addressQueue) comesTo(t *task, now time.Time) bool {
	inOrder := unserved(t.result.Kind) || now.Sub(t.result.Since) < troubled || t.result.Kind == probe.NoAnswer && q.waiting[classHanging] >= hanging
	reached := q.up || now.Sub(q.downSince) < troubled
	return reached && inOrder && !t.overtaken && q.pace.atWork(t, q.waiting[classNew]+q.waiting[classAnswering], now)
}

// unserved tells whether the last answer, if there was one, says only that the data plane does not serve the version yet.
func unserved(kind probe.Kind) bool {
	switch kind {
	case "", probe.NotServed, probe.FormerVersion, probe.WrongHash:
		return true
	}
	return false
}
