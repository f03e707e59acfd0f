// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// growth of the time between two tries. A target is tried again within a quarter of the time that it has been waiting, and
// every 2 s after some 20 tries.
const growth = 1.25

// backgroundCrowd is how many background targets at an address double the time between two tries of one.
const backgroundCrowd = 100

// task is a target that an owner asked for. Guarded by Prober.mu.
type task struct {
	subscription *subscription
	queue        *addressQueue   // nil once proven
	namespace    *namespaceQueue // where it is queued, or was until the running try
	queuedClass  class           // of the heap in there
	unavailable  bool            // queued with 503 as its last answer
	index        int             // in the queue, -1 while not in it
	result       probe.Result
	seq          uint64 // order of creation
	created      time.Time

	due       time.Time
	expedited bool // tried before those that are merely due
	fails     int
	class     class

	background  bool
	running     bool
	overdue     bool // the running try is overdue
	mayHang     bool // the running try may hang
	nudged      bool // expedited while running: try again
	dropped     bool // the owner does not ask for it any more
	newerProven bool // newer targets were proven before the last try started
	skipped     bool // and that try failed
	cancel      context.CancelFunc
	proxy       byte // version of the PROXY protocol, 0 for none
	// inherited is the refusal of the former version, at the same address for the same host.
	inherited probe.Result
}

func (t *task) heap() *taskHeap { return &t.namespace.heaps[t.queuedClass] }

// before orders a heap: expedited tasks by age, then the others by the time that they are due.
func (t *task) before(other *task) bool {
	if t.expedited != other.expedited {
		return t.expedited
	}
	if !t.expedited && !t.due.Equal(other.due) {
		return t.due.Before(other.due)
	}
	return t.seq < other.seq
}

// prove records the expected answer.
func (t *task) prove(o outcome, now time.Time) {
	t.result = probe.Result{Target: t.result.Target, State: probe.Proven, Code: o.code, Since: now}
}

// fail records another outcome. since is when the whole address began to refuse in this way, zero if it does not.
func (t *task) fail(o outcome, now, since time.Time) {
	r := &t.result
	if r.State != probe.Failed || r.Kind != o.kind {
		r.Since = now
	}
	r.State, r.Kind, r.Code, r.Err, r.Asked = probe.Failed, o.kind, o.code, o.err, now
	switch {
	case o.kind == probe.FormerVersion, o.busy:
		r.UnservedSince = time.Time{}
	case r.UnservedSince.IsZero():
		r.UnservedSince = now
	}
	switch {
	case !o.kind.Refuses():
		r.RefusedSince = time.Time{}
	case r.RefusedSince.IsZero():
		r.RefusedSince = now
	}
	if o.kind == t.inherited.Kind {
		since = earliest(since, t.inherited.RefusedSince)
	}
	t.inherited = probe.Result{}
	if !since.IsZero() {
		r.Since = earliest(r.Since, since)
		r.RefusedSince = earliest(r.RefusedSince, since)
	}
}

// backgroundPause is the time until the next try of a background target beside so many others at its address. It grows with
// them, so that most of the rate is left to the foreground, and has a jitter, so that they do not come all at once.
func backgroundPause(others int) time.Duration {
	crowd := 2 * rand.Float64() * float64(others) / backgroundCrowd
	return backgroundInterval + time.Duration(crowd*float64(backgroundInterval))
}

// backoff is the time until the next try after so many failures, with a jitter of 20 %.
func (o *Options) backoff(fails int) time.Duration {
	d := min(float64(minBackoff)*math.Pow(growth, float64(fails)), float64(o.MaxBackoff)/1.2)
	return time.Duration(d * (0.8 + 0.4*rand.Float64()))
}
