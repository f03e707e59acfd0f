// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"slices"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// schedule starts tries until the context ends. It is the only permanent goroutine.
func (p *Prober) schedule() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	defer p.closeAll()
	for {
		timer.Reset(p.dispatch())
		select {
		case <-p.ctx.Done():
			return
		case <-p.wake:
		case <-timer.C:
		}
	}
}

// closeAll closes the connections to all addresses. The context of tries that are still under way has ended.
func (p *Prober) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.queues {
		q.conns.close()
	}
}

// wakeSchedule makes the schedule look again.
func (p *Prober) wakeSchedule() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// dispatch starts all tries that may start now and returns the time until it should be called again.
func (p *Prober) dispatch() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		now := time.Now()
		if p.limiter.next.After(now) {
			return p.limiter.next.Sub(now)
		}
		if p.ctx.Err() != nil || p.running >= workers {
			return time.Hour
		}
		q, t, wake := p.pick(now)
		if t == nil {
			if wake.IsZero() {
				return time.Hour
			}
			return wake.Sub(now)
		}
		p.limiter.take(now, t.result.Scheme)
		q.limiter.take(now, t.result.Scheme)
		p.start(q, t)
	}
}

// pick returns the queue whose turn it is and the task that it has to try, or when there will be one.
func (p *Prober) pick(now time.Time) (*addressQueue, *task, time.Time) {
	var wake time.Time
	hangingAllowed := p.mayHang < workers/2
	for i := range p.roundRobin {
		at := (p.next + i) % len(p.roundRobin)
		q := p.roundRobin[at]
		t, later := q.pick(now, hangingAllowed)
		if t != nil {
			p.next = at + 1
			return q, t, time.Time{}
		}
		wake = earliest(wake, later)
	}
	return nil, nil, wake
}

// start begins a try.
func (p *Prober) start(q *addressQueue, t *task) {
	if !t.expedited {
		t.fails++
	}
	q.take(t)
	p.running++
	t.running, t.mayHang, t.newerProven = true, q.mayHang(t), q.progress.newerProven(t)
	if t.mayHang {
		p.mayHang++
	}
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(p.ctx)
	target, proxy := t.result.Target, t.proxy
	p.tasks.Go(func() { p.try(ctx, t, request{target, proxy, q.conns}) })
}

// setTargets changes what a is asking for.
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
