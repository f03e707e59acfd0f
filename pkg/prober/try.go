// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"fmt"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// try asks once and records what came of it. Nothing that goes wrong in here ends the process: a
// panic of the asking, of Observe or of notify costs one try.
func (p *Prober) try(ctx context.Context, t *task, q question) {
	started := time.Now()
	o := p.attempt(ctx, q)
	owners, result, counts := p.finish(t, o, started)
	defer p.wakeSchedule()
	if counts && p.opts.Observe != nil {
		guard(func() { p.opts.Observe(result) })
	}
	for _, owner := range owners {
		guard(func() { p.notify(owner) })
	}
}

func guard(f func()) {
	defer func() { _ = recover() }()
	f()
}

func (p *Prober) attempt(ctx context.Context, q question) (o outcome) {
	defer func() {
		if r := recover(); r != nil {
			o = outcome{kind: probe.BadStatus, err: fmt.Sprintf("internal error: %v", r)}
		}
	}()
	return p.ask(ctx, q)
}

// finish records an outcome: on the address, on the target, and, when it is about the whole address,
// on all targets that wait there. It returns whom to notify and the result, unless nobody asks any more.
func (p *Prober) finish(t *task, o outcome, started time.Time) (owners []Owner, r probe.Result, counts bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.cancel()
	q, now := t.queue, time.Now()
	p.running--
	q.running[t.queuedClass]--
	q.idleUntil = time.Time{}
	if t.mayHang {
		p.mayHang--
	}
	t.running = false
	if p.ctx.Err() != nil {
		q.conns.close()
		return nil, probe.Result{}, false
	}
	if t.dropped {
		p.closeIfEmpty(q)
		return nil, probe.Result{}, false
	}
	wasUp, wasGuarded := q.up, q.guarded(now)
	o, down := q.learn(o, started, &p.opts)
	p.record(t, o, now)
	switch {
	case down:
		p.spread(q, t, o, now)
	case q.up && !wasUp, wasGuarded && !q.guarded(now):
		q.wakeAll(now)
	}
	if o.ok {
		q.limiter.refund(t.result.Scheme)
		q.progress.proven(t, now)
		q.expediteOldest(now)
	}
	p.closeIfEmpty(q)
	for _, s := range p.toNotify {
		owners = append(owners, s.owner)
	}
	p.toNotify = p.toNotify[:0]
	return owners, t.result, true
}

// learn keeps what a try says of the address, and tells whether it says that the whole address is
// down. A timeout on an open connection does not, as long as the address answers others: then it is
// the target's own trouble, a backend that hangs.
func (q *addressQueue) learn(o outcome, started time.Time, opts *Options) (outcome, bool) {
	now := time.Now()
	if o.kind != probe.Unreachable {
		q.up, q.fails, q.lastAnswer, q.downSince = true, 0, now, time.Time{}
		switch {
		case o.kind == probe.NotServed: // there is no route yet for the guard to stand before
		case o.kind != probe.Credentials:
			q.guardedSince = time.Time{}
		case q.guardedSince.IsZero():
			q.guardedSince = now
		}
		return o, false
	}
	if o.silent && now.Sub(q.lastAnswer) < 3*opts.MaxBackoff {
		o.kind = probe.NoAnswer
		return o, false
	}
	if !o.silent && q.lastAnswer.After(started) {
		return o, false
	}
	q.up = false
	q.downSince = earliest(q.downSince, now)
	q.retryAt = now.Add(opts.backoff(q.fails))
	q.fails++
	return o, true
}

// record keeps an outcome and plans the next try.
func (p *Prober) record(t *task, o outcome, now time.Time) {
	before := t.result
	if o.ok {
		t.prove(o, now)
		t.queue = nil
	} else {
		t.fail(o, now, t.queue.refusingSince(o, t, now))
		t.class, t.skipped = o.class(t.class), t.newerProven
		if t.proxy != 0 && o.doubtsProxy() {
			t.proxy = 3 - t.proxy
		}
		p.replan(t, now)
	}
	p.notifyIfDue(t, before, now)
}

func (p *Prober) replan(t *task, now time.Time) {
	switch {
	case t.nudged:
		t.nudged, t.expedited = false, true
	case t.due.After(now): // it was asked early, in vain
	case t.background:
		t.due = now.Add(p.opts.background(t.queue.waiting[classBackground]))
	default:
		t.due = now.Add(p.opts.backoff(t.fails))
	}
	t.queue.add(t)
}

// spread gives the outcome of one try to all targets that wait at the address.
func (p *Prober) spread(q *addressQueue, tried *task, o outcome, now time.Time) {
	q.each(func(t *task) {
		if t != tried {
			before := t.result
			t.fail(o, now, q.downSince)
			p.notifyIfDue(t, before, now)
		}
	})
}

// notifyIfDue puts the owner on the list of those to notify, if it should be notified now.
func (p *Prober) notifyIfDue(t *task, before probe.Result, now time.Time) {
	s := t.subscription
	if s.record(t, before, now, p.opts.Settle) {
		s.unreported, s.lastNotified = false, now
		p.toNotify = append(p.toNotify, s)
	}
}
