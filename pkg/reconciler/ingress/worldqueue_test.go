// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"knative.dev/pkg/controller"
)

// bubbleClock is the clock of the bubble, which all its goroutines have.
type bubbleClock struct{ clock.RealClock }

// SetTime lets time pass until then. Keys that are added meanwhile wait in the queue.
func (bubbleClock) SetTime(then time.Time) { time.Sleep(time.Until(then)) }

// until works on the queue until a condition holds.
func (w *world) until(what string, wanted func() bool) {
	w.Helper()
	if _, was := w.work(10*time.Minute, wanted); !was {
		w.Fatalf("Not so in time: %s\n%s", what, w.describe())
	}
}

// pass lets time pass, works on the queue meanwhile, and returns the keys that were reconciled.
func (w *world) pass(d time.Duration) []types.NamespacedName {
	w.Helper()
	keys, _ := w.work(d, func() bool { return false })
	return keys
}

// drain works on the queue until no key has been added for a second of the bubble's time, and returns the
// keys that were reconciled. All that is under way ends in that time; for what is due later, such as the
// end of a drain time, use pass.
func (w *world) drain() []types.NamespacedName {
	w.Helper()
	all := []types.NamespacedName{}
	for range 600 {
		keys := w.pass(time.Second)
		if len(keys) == 0 {
			return all
		}
		all = append(all, keys...)
	}
	w.Fatalf("It does not come to rest: %v", all[len(all)-3:])
	return nil
}

// work takes keys from the queue until a condition holds, or the time is over. The time of the bubble
// passes when all its goroutines are blocked, but not while one waits for a lock, such as that of a fake
// API server whose reactor is blocked.
func (w *world) work(most time.Duration, done func() bool) (keys []types.NamespacedName, was bool) {
	w.Helper()
	queue, over := w.impl.WorkQueue(), new(int)
	late := time.AfterFunc(most, func() { queue.Add(over) })
	defer late.Stop()
	for {
		synctest.Wait() // what changed is in the queue
		if done() {
			return keys, true
		}
		next, _ := queue.Get()
		if key, ok := next.(types.NamespacedName); ok {
			keys = append(keys, key)
			w.reconcile(key)
		}
		queue.Done(next)
		if next == over {
			return keys, false
		}
	}
}

// reconcile does what a worker does with a key, once informers have shown what changed.
func (w *world) reconcile(key types.NamespacedName) {
	w.Helper()
	synctest.Wait()
	err := w.r.Reconcile(context.Background(), key.String())
	if requeue, delay := controller.IsRequeueKey(err); requeue {
		w.impl.EnqueueKeyAfter(key, delay)
	} else if err != nil && !controller.IsSkipKey(err) {
		w.Logf("Reconcile %s: %v", key, err)
		w.impl.EnqueueKeyAfter(key, firstRetry)
	}
}
