// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// queueing simulates workers that write to Gateways under locks: each step begins or ends a reconcile.
type queueing struct {
	locks  *gatewayLocks
	queue  []types.NamespacedName
	wishes map[types.NamespacedName][]types.NamespacedName
	// working are the reconciles under way, with the Gateway that each writes to, if any.
	working map[types.NamespacedName]types.NamespacedName
	// requeued were enqueued during their reconcile.
	requeued   map[types.NamespacedName]bool
	reconciles int
}

func newQueueing() *queueing {
	q := &queueing{wishes: map[types.NamespacedName][]types.NamespacedName{}, working: map[types.NamespacedName]types.NamespacedName{}, requeued: map[types.NamespacedName]bool{}}
	q.locks = newGatewayLocks(q.enqueue)
	return q
}

func (q *queueing) enqueue(key types.NamespacedName) {
	for _, queued := range q.queue {
		if queued == key {
			return
		}
	}
	if _, working := q.working[key]; working {
		q.requeued[key] = true
		return
	}
	q.queue = append(q.queue, key)
}

// begin begins the reconcile of the first in the queue, which asks for the locks that it wishes.
func (q *queueing) begin() {
	key := q.queue[0]
	q.queue = q.queue[1:]
	q.working[key] = types.NamespacedName{}
	q.reconciles++
	for i, gateway := range q.wishes[key] {
		if q.locks.acquire(gateway, key) {
			q.working[key] = gateway
			q.wishes[key] = append(q.wishes[key][:i:i], q.wishes[key][i+1:]...)
			return
		}
	}
}

// end ends a reconcile. If it has not got all locks, another one follows.
func (q *queueing) end(key types.NamespacedName) {
	written := q.working[key]
	if written != (types.NamespacedName{}) {
		q.locks.release(written)
	}
	q.locks.reconciled(key)
	delete(q.working, key)
	if q.requeued[key] || written != (types.NamespacedName{}) && len(q.wishes[key]) > 0 {
		delete(q.requeued, key)
		q.enqueue(key)
	}
}

func anyOf(t *rapid.T, keys []types.NamespacedName) types.NamespacedName {
	return keys[rapid.IntRange(0, len(keys)-1).Draw(t, "which")]
}

// TestGatewayLocks: B-OPS-3, each KIngress that asks for the lock of a Gateway gets it once, one at a time,
// even if others are deleted or ask for other locks meanwhile; and no lock is left afterwards.
func TestGatewayLocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q, blue, green := newQueueing(), types.NamespacedName{Name: "blue"}, types.NamespacedName{Name: "green"}
		all := []types.NamespacedName{}
		for i := range rapid.IntRange(1, 8).Draw(t, "KIngresses") {
			key := types.NamespacedName{Name: fmt.Sprintf("s%d", i)}
			q.wishes[key] = rapid.SampledFrom([][]types.NamespacedName{{blue}, {green}, {blue, green}}).Draw(t, "wishes")
			all = append(all, key)
			q.enqueue(key)
		}
		for len(q.queue)+len(q.working) > 0 {
			working, writing := []types.NamespacedName{}, map[types.NamespacedName]int{}
			for _, key := range all {
				if gateway, is := q.working[key]; is {
					working = append(working, key)
					if writing[gateway]++; writing[gateway] > 1 && gateway.Name != "" {
						t.Fatalf("Two write to %s", gateway.Name)
					}
				}
			}
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0: // deleted, and its event is yet to come
				q.wishes[anyOf(t, all)] = nil
			case 1:
				q.enqueue(anyOf(t, all)) // for whatever reason
			case 2, 3, 4, 5:
				if len(q.queue) > 0 && len(working) < 4 {
					q.begin()
				}
			default:
				if len(working) > 0 {
					q.end(anyOf(t, working))
				}
			}
		}
		for key, wishes := range q.wishes {
			if len(wishes) > 0 {
				t.Errorf("%s did not get %v", key.Name, wishes)
			}
		}
		if len(q.locks.gateways)+len(q.locks.waiting) > 0 {
			t.Errorf("Left: %v, %v", q.locks.gateways, q.locks.waiting)
		}
	})
}

// TestGatewayLockOfMany: B-OPS-1, each of a hundred KIngresses that wait for one lock is reconciled twice:
// when it asks, and when the lock is free.
func TestGatewayLockOfMany(t *testing.T) {
	const many, workers = 100, 16
	q, blue := newQueueing(), types.NamespacedName{Name: "blue"}
	for i := range many {
		key := types.NamespacedName{Name: fmt.Sprintf("s%d", i)}
		q.wishes[key] = []types.NamespacedName{blue}
		q.enqueue(key)
	}
	for len(q.queue)+len(q.working) > 0 {
		for len(q.queue) > 0 && len(q.working) < workers {
			q.begin()
		}
		writer := types.NamespacedName{}
		for key, gateway := range q.working {
			if gateway != blue {
				q.end(key)
			} else {
				writer = key
			}
		}
		if len(q.queue) == 0 { // a write takes longer than all reconciles that find the lock held
			q.end(writer)
		}
	}
	if q.reconciles > 2*many {
		t.Errorf("%d reconciles", q.reconciles)
	}
}

// TestListenersWaitForTheLock: B-OPS-3, B-OPS-1, a KIngress that finds another one writing to a Gateway does
// not poll, and is enqueued when the write is done; one that writes to another Gateway does not wait.
func TestListenersWaitForTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		onGreen := aSharer(0)
		onGreen.Labels = map[string]string{"gateway": "green"}
		w := data.serves(newWorld(t, append(anInstallationWithoutListenerSets(t, data), aKIngressWithTLS(v1alpha1.HTTPOptionEnabled), onGreen)...))
		if !w.r.gatewayLocks.acquire(blue, apply.NameOf(aSharer(1))) {
			t.Fatal("The lock is held")
		}
		w.until("the other has its listener", func() bool { return len(w.listenersOf("green")) == 2 })
		w.listenersAre("green", programmed)
		w.pass(time.Minute)
		expect(t, "Listeners", []string{"http"}, w.listenersOf("blue"))
		looks := 0
		for _, key := range w.pass(time.Minute) {
			if key == hello {
				looks++
			}
		}
		if looks > 6 { // the status says every 10 s that it waits
			t.Errorf("%d looks in a minute", looks)
		}
		w.r.gatewayLocks.release(blue)
		w.until("hello has its listener", func() bool { return len(w.listenersOf("blue")) == 2 })
		w.until("hello is Ready", w.is("hello", "True"))

		if !w.r.gatewayLocks.acquire(blue, apply.NameOf(aSharer(1))) {
			t.Fatal("hello has not released the lock")
		}
		w.deleted("hello")
		w.drain()
		if w.free() {
			t.Error("The KIngress has no finalizer, and its listener is there")
		}
		w.r.gatewayLocks.release(blue)
		w.until("hello may go", w.free)
		expect(t, "Listeners", []string{"http"}, w.listenersOf("blue"))
	})
}

// TestGatewayLockOfADeletedKIngress: B-OPS-3, a KIngress that is deleted while it waits for a lock does not
// block the next one.
func TestGatewayLockOfADeletedKIngress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithoutListenerSets(t, data), aSharer(0))...))
		w.r.gatewayLocks.acquire(blue, apply.NameOf(aSharer(2)))
		w.drain() // the first waits for the lock
		w.store(aSharer(1))
		w.drain()
		w.must(w.networking.Tracker().Delete(ingresses, "default", aSharer(0).Name))
		w.r.gatewayLocks.release(blue)
		w.until("the second has its listener", func() bool { return len(w.listenersOf("blue")) == 2 })
	})
}
