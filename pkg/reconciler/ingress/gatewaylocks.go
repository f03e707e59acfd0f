// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// gatewayLocks serialise the writes of KIngresses to each Gateway. The API server takes long to check
// a Gateway with 64 listeners, and starts again after another write: of many concurrent writes none
// would succeed in time.
//
// No worker blocks on a lock, and no KIngress polls: a KIngress that finds a lock held joins its queue,
// and is enqueued for a reconcile when the lock is free. If this reconcile does not ask for the lock,
// because the KIngress is deleted or wants something else by then, the KIngress leaves the queue and
// the next one is enqueued.
type gatewayLocks struct {
	enqueue func(types.NamespacedName)

	mu       sync.Mutex
	gateways map[types.NamespacedName]*gatewayLock
	// waiting are the KIngresses in queues, by name, with the Gateways whose locks they wait for: true if
	// they have asked for it in the reconcile that is under way.
	waiting map[types.NamespacedName]map[types.NamespacedName]bool
}

// gatewayLock is a lock that is held or waited for.
type gatewayLock struct {
	held  bool
	queue []types.NamespacedName
}

func newGatewayLocks(enqueue func(types.NamespacedName)) *gatewayLocks {
	return &gatewayLocks{enqueue: enqueue, gateways: map[types.NamespacedName]*gatewayLock{}, waiting: map[types.NamespacedName]map[types.NamespacedName]bool{}}
}

// acquire tells whether a KIngress holds the lock of a Gateway now. If it does not, it is enqueued when
// the lock is free.
func (l *gatewayLocks) acquire(gateway, ingress types.NamespacedName) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock := l.gateways[gateway]
	if lock == nil {
		lock = &gatewayLock{}
		l.gateways[gateway] = lock
	}
	if !lock.held {
		lock.held = true
		l.leave(gateway, ingress)
		return true
	}
	if !slices.Contains(lock.queue, ingress) {
		lock.queue = append(lock.queue, ingress)
	}
	if l.waiting[ingress] == nil {
		l.waiting[ingress] = map[types.NamespacedName]bool{}
	}
	l.waiting[ingress][gateway] = true
	return false
}

// release frees the lock of a Gateway.
func (l *gatewayLocks) release(gateway types.NamespacedName) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gateways[gateway].held = false
	l.enqueueNext(gateway)
}

// reconciled takes a KIngress out of the queues of the locks that its reconcile did not ask for.
func (l *gatewayLocks) reconciled(ingress types.NamespacedName) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for gateway, asked := range l.waiting[ingress] {
		if asked {
			l.waiting[ingress][gateway] = false
			continue
		}
		l.leave(gateway, ingress)
		l.enqueueNext(gateway)
	}
}

// leave takes a KIngress out of the queue of a Gateway's lock.
func (l *gatewayLocks) leave(gateway, ingress types.NamespacedName) {
	lock := l.gateways[gateway]
	lock.queue = slices.DeleteFunc(lock.queue, func(other types.NamespacedName) bool { return other == ingress })
	delete(l.waiting[ingress], gateway)
	if len(l.waiting[ingress]) == 0 {
		delete(l.waiting, ingress)
	}
}

// enqueueNext enqueues the KIngress that has waited longest, if the lock is free. It may be enqueued
// already.
func (l *gatewayLocks) enqueueNext(gateway types.NamespacedName) {
	lock := l.gateways[gateway]
	switch {
	case lock.held:
	case len(lock.queue) == 0:
		delete(l.gateways, gateway)
	default:
		l.enqueue(lock.queue[0])
	}
}
