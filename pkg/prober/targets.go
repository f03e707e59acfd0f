// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"slices"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// setTargets changes what an owner asks for. What is known of targets that stay, stays.
func (p *Prober) setTargets(s *subscription, targets, background []probe.Target) {
	old, before := s.tasks, s.refusals()
	s.targets, s.background = slices.Clone(targets), slices.Clone(background)
	s.tasks = make(map[probe.Target]*task, len(targets)+len(background))
	now := time.Now()
	for i, target := range slices.Concat(targets, background) {
		if s.tasks[target] != nil {
			continue
		}
		t := old[target]
		delete(old, target)
		if t == nil {
			t = p.addTarget(s, target, now)
			t.inherited = before[hostAtAddressOf(target)]
		}
		s.tasks[target] = t
		if back := i >= len(targets); t.background != back && t.queue != nil {
			t.queue.setBackground(t, back)
			if !back {
				p.tryNow(t)
			}
		} else {
			t.background = back
		}
	}
	for _, t := range old {
		p.dropTarget(t)
	}
	s.countOpen()
	s.stale = true
	p.wakeSchedule()
}

// addTarget begins to ask a new target.
func (p *Prober) addTarget(s *subscription, target probe.Target, now time.Time) *task {
	q := p.queues[target.Address]
	if q == nil {
		q = &addressQueue{address: target.Address, conns: newConns(p.ctx, target.Address, &p.opts), limiter: rateLimiter{rate: p.opts.Rate}}
		p.queues[target.Address] = q
		p.roundRobin = append(p.roundRobin, q)
	}
	p.seq++
	t := &task{subscription: s, queue: q, seq: p.seq, created: now, due: now, result: probe.Result{Target: target, State: probe.Pending}}
	if target.ProxyProtocol {
		t.proxy = 2
	}
	q.retryAt = time.Time{}
	q.add(t)
	return t
}

// tryNow tries a target now, from the start of its backoff.
func (p *Prober) tryNow(t *task) {
	t.fails, t.nudged, t.due = 0, t.running, time.Time{}
	t.queue.retryAt = time.Time{}
	t.queue.expedite(t)
}

// dropTarget ends the asking of a target.
func (p *Prober) dropTarget(t *task) {
	t.dropped = true
	if t.queue == nil {
		return
	}
	if t.running {
		t.cancel()
	} else {
		t.queue.remove(t)
	}
	p.closeIfEmpty(t.queue)
}

// closeIfEmpty closes the queue of an address that has no targets left.
func (p *Prober) closeIfEmpty(q *addressQueue) {
	if !q.empty() || p.queues[q.address] != q {
		return
	}
	q.conns.close()
	delete(p.queues, q.address)
	at := slices.Index(p.roundRobin, q)
	p.roundRobin = slices.Delete(p.roundRobin, at, at+1)
	if p.next > at {
		p.next--
	}
}
