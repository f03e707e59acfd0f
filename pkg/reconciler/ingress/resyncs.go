// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// resyncs are the KIngresses to reconcile without an event of their own. They are added to the work queue
// no faster than they are reconciled, so that a KIngress with an event does not wait behind all of them:
// the slow lane of the queue holds none back once the other one is empty. Namespaces take turns (SPEC
// B-TRN-11).
type resyncs struct {
	most int // in the queue, or being worked on

	mu sync.Mutex
	// waiting are those that are not in the queue, with the function that enqueues them.
	waiting map[types.NamespacedName]func(types.NamespacedName)
	// queued are those that are in the queue: true; those that are being reconciled: false.
	queued map[types.NamespacedName]bool
	// namespaces are those with a line, in the order of their turns.
	namespaces []string
	// lines have the waiting ones in their order; some of them may not wait any more.
	lines map[string][]types.NamespacedName
}

func newResyncs(most int) *resyncs {
	return &resyncs{
		most: most, waiting: map[types.NamespacedName]func(types.NamespacedName){}, queued: map[types.NamespacedName]bool{},
		lines: map[string][]types.NamespacedName{},
	}
}

// add adds KIngresses, in their order.
func (r *resyncs) add(keys []types.NamespacedName, enqueue func(types.NamespacedName)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range keys {
		if r.queued[key] {
			enqueue(key) // where it is already
			continue
		}
		if r.waiting[key] == nil {
			if r.lines[key.Namespace] == nil {
				r.namespaces = append(r.namespaces, key.Namespace)
			}
			r.lines[key.Namespace] = append(r.lines[key.Namespace], key)
		}
		r.waiting[key] = enqueue
	}
	r.feed()
}

// begun tells that one is being reconciled: it need not wait any more.
func (r *resyncs) begun(key types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, key)
	if r.queued[key] {
		r.queued[key] = false
	}
}

// ended makes room for the next one.
func (r *resyncs) ended(key types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.queued, key)
	r.feed()
}

func (r *resyncs) feed() {
	for len(r.queued) < r.most && len(r.namespaces) > 0 {
		namespace := r.namespaces[0]
		key, rest := r.lines[namespace][0], r.lines[namespace][1:]
		if r.namespaces = r.namespaces[1:]; len(rest) > 0 {
			r.namespaces, r.lines[namespace] = append(r.namespaces, namespace), rest
		} else {
			delete(r.lines, namespace)
		}
		if enqueue := r.waiting[key]; enqueue != nil {
			delete(r.waiting, key)
			r.queued[key] = true
			enqueue(key)
		}
	}
}

// inOrder are the keys of KIngresses to reconcile: those that are not Ready come first.
func inOrder(found []*v1alpha1.Ingress) []types.NamespacedName {
	keys, settled := make([]types.NamespacedName, 0, len(found)), []types.NamespacedName{}
	for _, ing := range found {
		if unsettled(ing).Len() > 0 {
			keys = append(keys, apply.NameOf(ing))
		} else {
			settled = append(settled, apply.NameOf(ing))
		}
	}
	return append(keys, settled...)
}

// ingressesBy are the KIngresses of an index under a value.
func (e *clusterEvents) ingressesBy(indexName, value string) (found []*v1alpha1.Ingress) {
	for _, object := range e.by(indexName, value) {
		if ing, ok := object.(*v1alpha1.Ingress); ok {
			found = append(found, ing)
		}
	}
	return found
}

// resync enqueues KIngresses behind those that have an event of their own.
func (e *clusterEvents) resync(found []*v1alpha1.Ingress) {
	e.r.resyncs.add(inOrder(found), e.impl.EnqueueSlowKey)
}
