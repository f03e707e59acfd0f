// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"container/heap"
	"context"
	"slices"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// secureCost is how many plain tries one over TLS counts for: it needs a connection for its host, most times with
// a handshake, which costs both sides ten times as much as a small request.
const secureCost = 3

// paceBurst is how many tries may start at once after a quiet time.
const paceBurst = 10

// schedule starts tries until the context ends. It is the only goroutine that is there all the time.
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

// closeAll closes the connections of all lanes. Tries that are still under way have a context that has ended.
func (p *Prober) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lanes {
		l.conns.close()
	}
}

// kick makes the schedule look again.
func (p *Prober) kick() {
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
		if p.start.After(now) {
			return p.start.Sub(now)
		}
		if p.ctx.Err() != nil || p.running >= p.opts.Workers {
			return time.Hour
		}
		l, q, wake := p.pick(now)
		if q == nil {
			if wake.IsZero() {
				return time.Hour
			}
			return wake.Sub(now)
		}
		p.pace(now, q.tasks[0].result.Scheme)
		p.begin(l, q)
	}
}

// pace sets when the next try may start.
func (p *Prober) pace(now time.Time, scheme string) {
	gap := time.Second / time.Duration(p.opts.Rate)
	if idle := now.Add(-paceBurst * gap); p.start.Before(idle) {
		p.start = idle
	}
	if scheme == "https" {
		gap *= secureCost
	}
	p.start = p.start.Add(gap)
}

// pick finds the lane whose turn it is and which has something to try, or when one will have.
func (p *Prober) pick(now time.Time) (*lane, *queue, time.Time) {
	var wake time.Time
	for i := range p.ring {
		at := (p.turn + i) % len(p.ring)
		l := p.ring[at]
		q, later := l.next(now, p.opts.PerAddress)
		if q != nil && (l.up && q == &l.queues[brisk] || p.doubtful < max(1, p.opts.Workers/2)) {
			p.turn = at + 1
			return l, q, time.Time{}
		}
		wake = earliest(wake, later)
	}
	return nil, nil, wake
}

// begin starts a try of the first task of the queue.
func (p *Prober) begin(l *lane, q *queue) {
	t := heap.Pop(q).(*task)
	q.running++
	p.running++
	t.running, t.doubtful, t.late = true, !l.up || q != &l.queues[brisk], l.pace.overtook(t)
	if t.doubtful {
		p.doubtful++
	}
	if !t.urgent {
		t.fails++
	}
	t.urgent = false
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(p.ctx)
	target, proxy := t.result.Target, t.proxy
	p.tasks.Go(func() { p.try(ctx, t, question{target, proxy, l.conns}) })
}

// retarget changes what a is asking for.
func (p *Prober) retarget(a *asker, targets, background []probe.Target) {
	old, before := a.tasks, a.refusals()
	a.targets, a.background = slices.Clone(targets), slices.Clone(background)
	a.tasks = make(map[probe.Target]*task, len(targets)+len(background))
	now := time.Now()
	for i, target := range slices.Concat(targets, background) {
		if a.tasks[target] != nil {
			continue
		}
		t := old[target]
		delete(old, target)
		if t == nil {
			t = p.enlist(a, target, now)
			t.heritage = before[frontOf(target)]
		}
		a.tasks[target] = t
		if back := i >= len(targets); t.background != back && t.lane != nil {
			t.lane.move(t, back)
			if !back {
				p.hasten(t)
			}
		} else {
			t.background = back
		}
	}
	for _, t := range old {
		p.drop(t)
	}
	a.count()
	a.stale = true
	p.kick()
}

// enlist begins to ask a new target.
func (p *Prober) enlist(a *asker, target probe.Target, now time.Time) *task {
	l := p.lanes[target.Address]
	if l == nil {
		l = &lane{address: target.Address, conns: newConns(p.ctx, target.Address, &p.opts)}
		p.lanes[target.Address] = l
		p.ring = append(p.ring, l)
	}
	p.seq++
	t := &task{asker: a, lane: l, seq: p.seq, created: now, due: now, result: probe.Result{Target: target, State: probe.Pending}}
	if target.ProxyProtocol {
		t.proxy = 2
	}
	l.resume = time.Time{}
	l.add(t)
	return t
}

// hasten tries a target now, from the start of its backoff.
func (p *Prober) hasten(t *task) {
	t.fails, t.again, t.due = 0, t.running, time.Time{}
	t.lane.resume = time.Time{}
	t.lane.hurry(t)
}

// drop ends the asking of a target, and its lane when that was the last one.
func (p *Prober) drop(t *task) {
	t.gone = true
	if t.lane == nil {
		return
	}
	if t.running {
		t.cancel()
	} else {
		heap.Remove(t.queue, t.index)
	}
	p.sweep(t.lane)
}

// sweep closes a lane that has nothing left.
func (p *Prober) sweep(l *lane) {
	if !l.empty() || p.lanes[l.address] != l {
		return
	}
	l.conns.close()
	delete(p.lanes, l.address)
	at := slices.Index(p.ring, l)
	p.ring = slices.Delete(p.ring, at, at+1)
	if p.turn > at {
		p.turn--
	}
}
