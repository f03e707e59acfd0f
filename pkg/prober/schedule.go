// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"slices"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

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
		if p.pacer.start.After(now) {
			return p.pacer.start.Sub(now)
		}
		if p.ctx.Err() != nil || p.running >= p.opts.Workers {
			return time.Hour
		}
		l, t, wake := p.pick(now)
		if t == nil {
			if wake.IsZero() {
				return time.Hour
			}
			return wake.Sub(now)
		}
		p.pacer.started(now, t.result.Scheme)
		l.pacer.started(now, t.result.Scheme)
		p.begin(l, t)
	}
}

// pick finds the lane whose turn it is and what it tries, or when one will have something to try.
func (p *Prober) pick(now time.Time) (*lane, *task, time.Time) {
	var wake time.Time
	doubtful := p.doubtful < max(1, p.opts.Workers/2)
	for i := range p.ring {
		at := (p.turn + i) % len(p.ring)
		l := p.ring[at]
		t, later := l.next(now, p.opts.PerAddress, doubtful)
		if t != nil {
			p.turn = at + 1
			return l, t, time.Time{}
		}
		wake = earliest(wake, later)
	}
	return nil, nil, wake
}

// begin starts a try.
func (p *Prober) begin(l *lane, t *task) {
	if !t.urgent {
		t.fails++
	}
	l.take(t)
	p.running++
	t.running, t.doubtful, t.late = true, l.doubts(t), l.pace.overtook(t)
	if t.doubtful {
		p.doubtful++
	}
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
		l = &lane{address: target.Address, conns: newConns(p.ctx, target.Address, &p.opts), pacer: pacer{rate: p.opts.Rate}}
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
		t.lane.remove(t)
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
