// SPDX-License-Identifier: Apache-2.0

package watch

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/runtime"
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

// Informers run on demand, one for each scope, however many Sets ask for it. They are safe for
// concurrent use.
type Informers struct {
	ctx       context.Context
	factories map[Kind]Factory

	mu      sync.Mutex
	running map[Scope]*running
}

// NewInformers returns Informers that end with ctx.
func NewInformers(ctx context.Context, factories map[Kind]Factory) *Informers {
	return &Informers{ctx: ctx, factories: factories, running: map[Scope]*running{}}
}

// Set is the scopes that one reconciler has asked for. Its handler gets the events of these, and no others.
type Set struct {
	of      *Informers
	handler cache.ResourceEventHandler
	delays  Delays
}

// member is a Set that has asked for an informer.
type member struct {
	cache.ResourceEventHandlerRegistration
	// missed tells that delays knows that the first list is late.
	missed atomic.Bool
}

// Set returns one without scopes.
func (i *Informers) Set(handler cache.ResourceEventHandler, delays Delays) *Set {
	return &Set{of: i, handler: handler, delays: delays}
}

// Ensure returns the store of a scope. It starts the informer if there is none, and waits for
// its first list. The error is a [NotListed] if the list does not come in time.
func (s *Set) Ensure(ctx context.Context, scope Scope) (cache.Indexer, error) {
	informer, member, err := s.join(scope)
	if err != nil {
		return nil, err
	}
	if err := informer.await(ctx); err != nil {
		if !member.missed.Swap(true) {
			s.delays.Missed(err)
			go informer.arrive(s.delays.Arrived)
		}
		return nil, err
	}
	return informer.GetIndexer(), nil
}

// Listed returns the store of a scope of this Set if its first list is there. It starts no informer
// and waits for none, so that event handlers may read other kinds.
func (s *Set) Listed(scope Scope) (cache.Indexer, bool) {
	s.of.mu.Lock()
	informer, known := s.of.running[scope]
	known = known && informer.members[s] != nil
	s.of.mu.Unlock()
	if !known || !informer.HasSynced() {
		return nil, false
	}
	return informer.GetIndexer(), true
}

// join makes the Set a member of the informer of a scope.
func (s *Set) join(scope Scope) (*running, *member, error) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	informer, known := s.of.running[scope]
	if !known {
		var err error
		if informer, err = s.of.informer(scope); err != nil {
			return nil, nil, err
		}
	}
	if joined, is := informer.members[s]; is {
		return informer, joined, nil
	}
	registration, err := informer.AddEventHandler(s.handler)
	if err != nil {
		return nil, nil, fmt.Errorf("informer for %s: %w", scope.Kind, err)
	}
	joined := &member{ResourceEventHandlerRegistration: registration}
	informer.members[s] = joined
	if !known {
		s.of.running[scope] = informer
		go informer.RunWithContext(informer.ctx)
	}
	return informer, joined, nil
}

// informer makes the informer of a scope.
func (i *Informers) informer(scope Scope) (*running, error) {
	factory, ok := i.factories[scope.Kind]
	if !ok {
		return nil, fmt.Errorf("no informer for kind %q", scope.Kind)
	}
	informer := &running{scope: scope, deadline: time.Now().Add(syncTimeout), members: map[*Set]*member{}}
	informer.SharedIndexInformer = factory(scope.Namespace, func(options *metav1.ListOptions) {
		options.LabelSelector, options.FieldSelector = scope.Labels, scope.Fields
	})
	if err := informer.SetWatchErrorHandlerWithContext(informer.setFailure); err != nil {
		return nil, fmt.Errorf("informer for %s: %w", scope.Kind, err)
	}
	informer.ctx, informer.stop = context.WithCancel(i.ctx)
	return informer, nil
}

// Retain takes the Set out of the informers of the scopes that it does not want any more. An informer without Sets
// stops.
func (s *Set) Retain(wanted func(Scope) bool) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	for scope, informer := range s.of.running {
		joined, is := informer.members[s]
		if !is || wanted(scope) {
			continue
		}
		if delete(informer.members, s); len(informer.members) == 0 {
			s.of.end(scope)
		} else if err := informer.RemoveEventHandler(joined.ResourceEventHandlerRegistration); err != nil {
			runtime.HandleError(err) // of a registration that is not the informer's
		}
	}
}

// Drop stops the informers of scopes for all Sets, because what they show does not exist any more. The next Ensure starts another one.
func (s *Set) Drop(gone func(Scope) bool) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	for scope := range s.of.running {
		if gone(scope) {
			s.of.end(scope)
		}
	}
}

func (i *Informers) end(scope Scope) {
	i.running[scope].stop()
	delete(i.running, scope)
}
