// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"cmp"
	"context"
	"net"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Owner is the object whose readiness is asked for. With its UID, a recreated object does not use the answers that the old
// one got.
type Owner struct {
	UID  types.UID
	Name types.NamespacedName
}

const (
	// workers is the most tries at a time; a waiting try costs a goroutine and no thread. At most half of them are at
	// addresses that have not answered.
	workers = 64
	// perAddress is the most tries at a time at one address that answers; one that does not gets one.
	perAddress = 8
	// minBackoff is the time between the first two tries of a target.
	minBackoff = 25 * time.Millisecond
	// backgroundInterval is the time between two tries of a background target.
	backgroundInterval = 10 * time.Second
)

// Options of a Prober; zero fields take the defaults.
type Options struct {
	// Rate is the most tries a second at one address, without those that prove something; one over TLS counts threefold. All
	// addresses together, those that prove something included, have eight times as many. Default 100: in a burst of services,
	// each one more takes time from the gateway that has to program them.
	Rate int
	// Attempt is how long a try may take, with dial and handshake, before it counts as failed; overdue.go has what becomes of it
	// then. Default 1 s.
	Attempt time.Duration
	// MaxBackoff is the most time between two tries of a target. Default 2 s.
	MaxBackoff time.Duration
	// Settle is how long failures are collected before the owner is notified. Default 500 ms.
	Settle time.Duration
	// Dial connects to an address, which may be a host name. Default a net.Dialer's, without keep-alives.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Observe sees the result of every try, for metrics. It must not block.
	Observe func(probe.Result)
}

func (o *Options) complete() {
	o.Rate = cmp.Or(o.Rate, 100)
	o.Attempt = cmp.Or(o.Attempt, time.Second)
	o.MaxBackoff = cmp.Or(o.MaxBackoff, 2*time.Second)
	o.Settle = cmp.Or(o.Settle, 500*time.Millisecond)
	if o.Dial == nil {
		o.Dial = (&net.Dialer{KeepAlive: -1}).DialContext
	}
}

// Prober asks data planes which versions they serve. All methods may be called at any time from any goroutine.
type Prober struct {
	ctx    context.Context
	opts   Options
	notify func(Owner)
	ask    askFunc
	wake   chan struct{} // of one: the schedule has something to look at
	tasks  sync.WaitGroup

	mu            sync.Mutex
	subscriptions map[Owner]*subscription
	queues        map[string]*addressQueue
	roundRobin    []*addressQueue // the queues, in the order of their turns
	next          int             // index in roundRobin of the queue whose turn it is
	running       int             // tries under way that are not overdue
	mayHang       int             // of these, those that may hang
	limiter       rateLimiter
	seq           uint64
	toNotify      []*subscription // to be notified once mu is free
}

// New starts a Prober that ends with the context. It calls notify when an owner's report has changed: at once when all
// targets of a Gateway are proven or a background target is; with a delay of Options.Settle when a State, Kind or Code
// is another one; never for a try that failed like the one before, nor for what a Check has returned meanwhile. notify
// is called without a lock, possibly from several goroutines at a time, and should only enqueue.
func New(ctx context.Context, opts Options, notify func(Owner)) *Prober {
	return newProber(ctx, opts, notify, ask)
}

func newProber(ctx context.Context, opts Options, notify func(Owner), ask askFunc) *Prober {
	opts.complete()
	p := &Prober{
		ctx: ctx, opts: opts, notify: notify, ask: ask,
		wake:          make(chan struct{}, 1),
		subscriptions: map[Owner]*subscription{},
		queues:        map[string]*addressQueue{},
		limiter:       rateLimiter{rate: opts.Rate * workers / perAddress},
	}
	p.tasks.Go(p.schedule)
	return p
}

// Check returns what is known of the targets and goes on asking those that are not proven. It never
// blocks. Answers are kept for the targets of the last call, whether foreground or background then; targets
// that are no longer given are dropped. Background targets, better addresses that refused, are asked now and then and are
// not in the report (see Known).
func (p *Prober) Check(owner Owner, targets []probe.Target, background ...probe.Target) probe.Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subscriptions[owner]
	if s == nil {
		s = &subscription{owner: owner, tasks: map[probe.Target]*task{}, stale: true}
		p.subscriptions[owner] = s
	}
	if !s.sameTargets(targets, background) {
		p.setTargets(s, targets, background)
	}
	s.unreported, s.lastNotified = false, time.Now()
	return probe.Report{Results: s.foreground()}
}

// Known returns what is known of the targets of the last Check, foreground first, then background.
func (p *Prober) Known(owner Owner) probe.Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subscriptions[owner]
	if s == nil {
		return probe.Report{}
	}
	return probe.Report{Results: append(slices.Clip(s.foreground()), s.results(s.background)...)}
}

// Nudge tries the owner's targets now and starts their backoff anew, because something happened to what the owner waits
// for.
func (p *Prober) Nudge(owner Owner) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subscriptions[owner]
	if s == nil {
		return
	}
	for _, t := range s.tasks {
		if t.queue != nil && !t.background {
			p.tryNow(t)
		}
	}
	p.wakeSchedule()
}

// Evict drops the owner's targets with what is known of them.
func (p *Prober) Evict(owner Owner) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.subscriptions[owner]
	if s == nil {
		return
	}
	for _, t := range s.tasks {
		p.dropTarget(t)
	}
	delete(p.subscriptions, owner)
	p.wakeSchedule()
}

// Wait returns when the context has ended and with it every try and connection.
func (p *Prober) Wait() { p.tasks.Wait() }
