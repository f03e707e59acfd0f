// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"context"
	"fmt"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	delays    Delays

	mu        sync.Mutex
	informers map[Scope]*running
}

// NewSet returns a Set whose informers end with ctx. The handler gets the events of
// all of them.
func NewSet(ctx context.Context, factories map[Kind]Factory, handler cache.ResourceEventHandler, delays Delays) *Set {
	return &Set{ctx: ctx, factories: factories, handler: handler, delays: delays, informers: map[Scope]*running{}}
}

// Ensure returns the store of a scope. It starts the informer if there is none, and waits for
// its first list. The error is a [NotListed] if the list does not come in time.
func (s *Set) Ensure(ctx context.Context, scope Scope) (cache.Indexer, error) {
	informer, err := s.informer(scope)
	if err != nil {
		return nil, err
	}
	if err := informer.await(ctx); err != nil {
		if !informer.missed.Swap(true) {
			s.delays.Missed(err)
			go informer.arrive(s.delays.Arrived)
		}
		return nil, err
	}
	return informer.GetIndexer(), nil
}

// Listed returns the store of a scope if its first list is there. It starts no informer and waits for
// none, so that event handlers may read other kinds.
func (s *Set) Listed(scope Scope) (cache.Indexer, bool) {
	s.mu.Lock()
	informer, known := s.informers[scope]
	s.mu.Unlock()
	if !known || !informer.HasSynced() {
		return nil, false
	}
	return informer.GetIndexer(), true
}

func (s *Set) informer(scope Scope) (*running, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.informers[scope]; ok {
		return known, nil
	}
	factory, ok := s.factories[scope.Kind]
	if !ok {
		return nil, fmt.Errorf("no informer for kind %q", scope.Kind)
	}
	informer := &running{scope: scope, deadline: time.Now().Add(syncTimeout), SharedIndexInformer: factory(scope.Namespace, func(options *metav1.ListOptions) {
		options.LabelSelector, options.FieldSelector = scope.Labels, scope.Fields
	})}
	if _, err := informer.AddEventHandler(s.handler); err != nil {
		return nil, fmt.Errorf("informer for %s: %w", scope.Kind, err)
	}
	if err := informer.SetWatchErrorHandlerWithContext(informer.setFailure); err != nil {
		return nil, fmt.Errorf("informer for %s: %w", scope.Kind, err)
	}
	informer.ctx, informer.stop = context.WithCancel(s.ctx)
	s.informers[scope] = informer
	go informer.RunWithContext(informer.ctx)
	return informer, nil
}

// Retain stops the informers of all scopes that are not wanted.
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
