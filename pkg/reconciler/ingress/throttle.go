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
	// leastPause is the least time between two looks because of one source of events.
	leastPause = 50 * time.Millisecond
	// pauseForEach is what each KIngress adds to it that was looked at: some thirty times the CPU time
	// of a reconcile with nothing to do, so that a source which never rests costs a thirtieth of a core.
	pauseForEach = 3 * time.Millisecond
)

// throttle bounds what sources of events cost: a Gateway or a Service may change ten times a second for
// ever, by a fault or because a tenant has it so. What is to be done about a source is done at once,
// and after a pause as long as that was worth once more for all that has come since.
type throttle struct {
	ctx    context.Context
	logger *zap.SugaredLogger

	mu sync.Mutex
	// paused are the sources about which something was done lately, with what is to be done after
	// the pause; nil when nothing has come since.
	paused map[string]func() int
}

func newThrottle(ctx context.Context, logger *zap.SugaredLogger) *throttle {
	return &throttle{ctx: ctx, logger: logger, paused: map[string]func() int{}}
}

// do does something about a source, now or after its pause, and tells whether it did it now. The act
// returns how many KIngresses it was about, and must do for all that happens to the source.
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

// next does what has come since the last time, if anything has, and lets the source pause.
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
