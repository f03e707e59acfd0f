// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/net-gateways/net-gateways/pkg/panics"
)

const (
	// leastPause is the least time between two acts because of one source of events.
	leastPause = 50 * time.Millisecond
	// pauseForEach is what each enqueued KIngress adds to it: some thirty times the CPU time of a
	// reconcile with nothing to do, so that a source which changes all the time costs a thirtieth of a
	// core.
	pauseForEach = 3 * time.Millisecond
)

// throttle bounds the cost of sources of events: a Gateway or a Service may change ten times a second
// without end, by a fault or because a tenant wants it. The first event of a source is acted on at once,
// and all further ones once more after a pause that grows with the cost.
type throttle struct {
	ctx    context.Context
	logger *zap.SugaredLogger

	mu sync.Mutex
	// paused are the sources that were acted on lately, with the act that follows after the pause; nil if
	// there were no further events.
	paused map[string]func() int
}

func newThrottle(ctx context.Context, logger *zap.SugaredLogger) *throttle {
	return &throttle{ctx: ctx, logger: logger, paused: map[string]func() int{}}
}

// do acts on an event of a source, now or after its pause, and tells whether it did now. The act returns
// how many KIngresses it has enqueued, and must be the same for all events of the source.
func (t *throttle) do(source string, act func() int) bool {
	t.mu.Lock()
	_, paused := t.paused[source]
	if t.paused[source] = act; paused {
		t.mu.Unlock()
		return false
	}
	t.mu.Unlock()
	t.next(source)
	return true
}

// next acts on the events since the last time, if there were any, and starts the next pause.
func (t *throttle) next(source string) {
	t.mu.Lock()
	act := t.paused[source]
	if act == nil || t.ctx.Err() != nil {
		delete(t.paused, source)
		t.mu.Unlock()
		return
	}
	t.paused[source] = nil
	t.mu.Unlock()
	many := 0
	panics.Logged(t.logger, "Panic while looking at KIngresses because of "+source, func() { many = act() })
	time.AfterFunc(leastPause+time.Duration(many)*pauseForEach, func() { t.next(source) })
}
