// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"context"
	"fmt"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/cache"
)

// Kind names what an informer watches.
type Kind string

// Scope is the part of a kind that one informer watches. An empty Namespace means
// all; empty selectors select everything in it.
type Scope struct {
	Kind      Kind
	Namespace string
	// Labels and Fields are selectors in Kubernetes' string form.
	Labels, Fields string
}

// Named is the scope of a single object.
func Named(kind Kind, namespace, name string) Scope {
	return Scope{Kind: kind, Namespace: namespace, Fields: "metadata.name=" + name}
}

// Factory makes the informer of a kind; tweak narrows its lists and watches.
type Factory func(namespace string, tweak func(*metav1.ListOptions)) cache.SharedIndexInformer

// Set runs informers on demand. It is safe for concurrent use.
type Set struct {
	ctx       context.Context
	factories map[Kind]Factory
	handler   cache.ResourceEventHandler

	mu        sync.Mutex
	informers map[Scope]running
}

type running struct {
	cache.SharedIndexInformer
	stop context.CancelFunc
}

// NewSet returns a Set whose informers end with ctx. The handler sees the events of
// all of them.
func NewSet(ctx context.Context, factories map[Kind]Factory, handler cache.ResourceEventHandler) *Set {
	return &Set{ctx: ctx, factories: factories, handler: handler, informers: map[Scope]running{}}
}

// syncTimeout bounds how long a caller waits for a first list. The informer goes on
// trying after it.
const syncTimeout = 5 * time.Second

// syncPeriod is how often a caller looks whether a first list has arrived. The first KIngress
// waits for a dozen of them in turn: with the tenth of a second of cache.WaitForCacheSync that
// would be more than a second.
const syncPeriod = 5 * time.Millisecond

// Ensure returns the store of a scope, starting its informer when it is new, and
// waits until the first list has arrived. The error says that it has not yet.
func (s *Set) Ensure(ctx context.Context, scope Scope) (cache.Indexer, error) {
	informer, err := s.informer(scope)
	if err != nil {
		return nil, err
	}
	if !informer.HasSynced() {
		ctx, cancel := context.WithTimeout(ctx, syncTimeout)
		defer cancel()
		synced := func(context.Context) (bool, error) { return informer.HasSynced(), nil }
		if wait.PollUntilContextCancel(ctx, syncPeriod, true, synced) != nil {
			return nil, fmt.Errorf("%s %q: no answer from the API server to the first list within %s", scope.Kind, scope.Namespace, syncTimeout)
		}
	}
	return informer.GetIndexer(), nil
}

func (s *Set) informer(scope Scope) (cache.SharedIndexInformer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.informers[scope]; ok {
		return known, nil
	}
	factory, ok := s.factories[scope.Kind]
	if !ok {
		return nil, fmt.Errorf("no informer for kind %q", scope.Kind)
	}
	informer := factory(scope.Namespace, func(options *metav1.ListOptions) {
		options.LabelSelector, options.FieldSelector = scope.Labels, scope.Fields
	})
	if _, err := informer.AddEventHandler(s.handler); err != nil {
		return nil, fmt.Errorf("informer for %s: %w", scope.Kind, err)
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.informers[scope] = running{SharedIndexInformer: informer, stop: cancel}
	go informer.RunWithContext(ctx)
	return informer, nil
}

// Retain stops the informers whose scopes are not wanted any more.
func (s *Set) Retain(wanted func(Scope) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for scope, informer := range s.informers {
		if !wanted(scope) {
			informer.stop()
			delete(s.informers, scope)
		}
	}
}
