// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"fmt"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// try asks once and records the outcome. A panic of the request, of Observe or of notify costs one try and does not end the
// process.
func (p *Prober) try(ctx context.Context, t *task, r request) {
	started := time.Now()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	answer := make(chan outcome, 1)
	p.tasks.Go(func() { answer <- p.askRecovered(ctx, r) })
	o, came := within(answer, p.opts.Attempt)
	if !came && r.connected.Load() && p.goOn(t, started) {
		o, came = within(answer, (overdueAttempts-1)*p.opts.Attempt)
	}
	if !came {
		giveUp(context.DeadlineExceeded)
		o = <-answer
	}
	owners, result, counts := p.finish(t, o, started)
	defer p.wakeSchedule()
	if counts && p.opts.Observe != nil {
		ignorePanic(func() { p.opts.Observe(result) })
	}
	p.notifyAll(owners)
}

// within waits for an answer, so long at most.
func within(answer <-chan outcome, limit time.Duration) (o outcome, came bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case o = <-answer:
		return o, true
	case <-timer.C:
		return outcome{}, false
	}
}

func (p *Prober) notifyAll(owners []Owner) {
	for _, owner := range owners {
		ignorePanic(func() { p.notify(owner) })
	}
}

func ignorePanic(f func()) {
	defer func() { _ = recover() }()
	f()
}

func (p *Prober) askRecovered(ctx context.Context, r request) (o outcome) {
	defer func() {
		if panicked := recover(); panicked != nil {
			o = outcome{kind: probe.BadStatus, err: fmt.Sprintf("internal error: %v", panicked)}
		}
	}()
	return p.ask(ctx, r)
}

// finish records an outcome: for the address, for the target, and, when it concerns the whole address, for all targets
// that wait there. It returns the owners to notify and the result; counts is false when the target was dropped meanwhile.
func (p *Prober) finish(t *task, o outcome, started time.Time) (owners []Owner, r probe.Result, counts bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.cancel()
	q, now := t.queue, time.Now()
	wasOverdue := p.leave(t)
	if p.ctx.Err() != nil {
		q.conns.close()
		return nil, probe.Result{}, false
	}
	if t.dropped {
		p.closeIfEmpty(q)
		return nil, probe.Result{}, false
	}
	if wasOverdue && o.late {
		p.scheduleNext(t, o, now) // goOn has recorded it
	} else {
		p.learnAndRecord(t, o, started, now)
	}
	p.closeIfEmpty(q)
	return p.ownersToNotify(), t.result, true
}

// leave gives the place of a try that has ended to others, and tells whether it was overdue.
func (p *Prober) leave(t *task) (wasOverdue bool) {
	q := t.queue
	q.idleUntil = time.Time{}
	if t.overdue {
		q.overdue--
	} else {
		p.running--
		q.running[t.queuedClass]--
		if t.mayHang {
			p.mayHang--
		}
	}
	wasOverdue, t.running, t.overdue = t.overdue, false, false
	return wasOverdue
}

// learnAndRecord records an outcome for the address and for the target, and queues the target for the next try if there is to be one and
// none is under way.
func (p *Prober) learnAndRecord(t *task, o outcome, started, now time.Time) {
	q := t.queue
	wasUp, wasBehindAuthProxy := q.up, q.behindAuthProxy(now)
	o, down := q.learn(o, started, &p.opts)
	p.record(t, o, now)
	if o.ok {
		t.queue = nil
	} else if !t.running {
		p.scheduleNext(t, o, now)
	}
	switch {
	case down:
		p.failAll(q, t, o, now)
	case q.up && !wasUp, wasBehindAuthProxy && !q.behindAuthProxy(now):
		q.wakeAll(now)
	}
	if o.ok {
		q.limiter.refund(t.result.Scheme)
		q.progress.proven(t, now)
		q.expediteOldest(now)
	}
}

func (p *Prober) ownersToNotify() (owners []Owner) {
	for _, s := range p.toNotify {
		owners = append(owners, s.owner)
	}
	p.toNotify = p.toNotify[:0]
	return owners
}

// learn keeps what a try tells about the address, and returns whether it tells that the whole address is down. A timeout
// on an open connection does not as long as other targets are answered there: then the target's backend hangs.
func (q *addressQueue) learn(o outcome, started time.Time, opts *Options) (outcome, bool) {
	now := time.Now()
	if o.kind != probe.Unreachable {
		q.up, q.fails, q.lastAnswer, q.downSince = true, 0, now, time.Time{}
		switch {
		case o.kind == probe.NotServed: // no route yet that an auth proxy could stand in front of
		case o.kind != probe.Credentials:
			q.authProxySince = time.Time{}
		case q.authProxySince.IsZero():
			q.authProxySince = now
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

// record keeps an outcome.
func (p *Prober) record(t *task, o outcome, now time.Time) {
	before := t.result
	if o.ok {
		t.prove(o, now)
	} else {
		o.busy = t.queue.busy(o)
		t.fail(o, now, t.queue.refusingSince(o, t, now))
		t.class, t.skipped = o.class(t.class), t.newerProven
	}
	p.notifyIfDue(t, before, now)
}

// scheduleNext queues a target whose try has failed.
func (p *Prober) scheduleNext(t *task, o outcome, now time.Time) {
	if t.proxy != 0 && o.proxyVersionInDoubt() {
		t.proxy = 3 - t.proxy
	}
	switch {
	case t.nudged:
		t.nudged, t.expedited = false, true
	case t.background:
		t.due = now.Add(backgroundPause(t.queue.waiting[classBackground]))
	default:
		t.due = now.Add(p.opts.backoff(t.fails))
		t.fails++
	}
	t.queue.add(t)
}

// failAll gives the outcome of one try to all targets that wait at the address.
func (p *Prober) failAll(q *addressQueue, tried *task, o outcome, now time.Time) {
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
