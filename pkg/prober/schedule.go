// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"time"
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
	q.take(t)
	p.running++
	t.running, t.mayHang, t.newerProven = true, q.mayHang(t), q.progress.newerProven(t)
	if t.mayHang {
		p.mayHang++
	}
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(p.ctx)
	r := newRequest(t.result.Target, t.proxy, q.conns)
	p.tasks.Go(func() { p.try(ctx, t, r) })
}
