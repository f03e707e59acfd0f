// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// A data plane takes up new routes in about the order in which they were written, in waves: the more routes wait, the
// longer the next configuration takes. A target that is in line has nothing to report.
const (
	// overtaking is how much younger a target must be that is proven first, for the elder one to have a trouble of its own,
	// if it is asked once more since.
	overtaking = 5 * time.Second
	// troubled is how long a target may fail in a way that being in line does not explain.
	troubled = 5 * time.Second
	// restFor each that waits, and mostRest altogether, a data plane may take up nothing.
	restFor  = 20 * time.Millisecond
	mostRest = 25 * time.Second
)

// InLine tells whether each question that the owner waits for is at an address that still takes up targets, and none
// that was asked for later: there is nothing to say of a data plane that is at work.
func (p *Prober) InLine(owner Owner) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.askers[owner]
	if a == nil {
		return false
	}
	now, comes := time.Now(), map[probe.Target]bool{}
	for _, t := range a.tasks {
		question := t.result.Question()
		if t.lane != nil && !t.background && a.open[t.result.Gateway][question] {
			comes[question] = comes[question] || t.lane.comesTo(t, now)
		}
	}
	for _, inLine := range comes {
		if !inLine {
			return false
		}
	}
	return len(comes) > 0
}

// comesTo tells whether the data plane is still taking up what was asked for before the target.
func (l *lane) comesTo(t *task, now time.Time) bool {
	rest := min(mostRest, time.Duration(len(l.queues[fresh].tasks)+len(l.queues[brisk].tasks))*restFor)
	atWork := now.Sub(l.lastProof) < surgeFor+rest || now.Sub(t.created) < rest
	return l.up && atWork && !t.overtaken && (unserved(t.result.Kind) || now.Sub(t.result.Since) < troubled && !t.result.Kind.Refuses())
}

// unserved tells whether the last answer, if there was one, says only that the data plane does not serve the version yet.
func unserved(kind probe.Kind) bool {
	switch kind {
	case "", probe.NotServed, probe.FormerVersion, probe.WrongHash:
		return true
	}
	return false
}

// isOvertaken tells whether a data plane that keeps to the order must serve a target by the time that it began to be asked.
func (t *task) isOvertaken() bool {
	return !t.youngest.Before(t.created.Add(overtaking))
}
