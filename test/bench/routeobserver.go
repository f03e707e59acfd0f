// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/cache"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// routeObserver sees every change of the HTTPRoutes of a place, of users and of the controller.
type routeObserver struct {
	news chan struct{} // holds one when something has changed since the last look

	mu       sync.Mutex
	thereAt  map[string]time.Time // of those that exist, since when
	servedAt map[string]time.Time // of those that are Served, since when
	changes  map[string]int
	flips    int // from Served to not Served
}

// observeRoutes watches until the context ends.
func (p *place) observeRoutes(ctx context.Context) (*routeObserver, error) {
	o := &routeObserver{news: make(chan struct{}, 1), thereAt: map[string]time.Time{}, servedAt: map[string]time.Time{}, changes: map[string]int{}}
	source := cache.NewListWatchFromClient(p.gateway.GatewayV1().RESTClient(), "httproutes", p.namespace, fields.Everything())
	informer := cache.NewSharedInformer(source, &gatewayv1.HTTPRoute{}, 0)
	registered, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { o.note(object.(*gatewayv1.HTTPRoute)) },
		UpdateFunc: func(before, object any) {
			if before, route := before.(*gatewayv1.HTTPRoute), object.(*gatewayv1.HTTPRoute); before.ResourceVersion != route.ResourceVersion {
				o.note(route)
			}
		},
		DeleteFunc: func(object any) {
			if name, err := cache.DeletionHandlingObjectToName(object); err == nil {
				o.drop(name.Name)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	go informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), registered.HasSynced) {
		return nil, fmt.Errorf("cannot watch the HTTPRoutes of %s: %w", p.namespace, ctx.Err())
	}
	return o, nil
}

func (o *routeObserver) note(route *gatewayv1.HTTPRoute) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.changes[route.Name]++
	if _, was := o.thereAt[route.Name]; !was {
		o.thereAt[route.Name] = time.Now()
	}
	_, was := o.servedAt[route.Name]
	switch served := servedBy(route); {
	case served != nil && !was:
		o.servedAt[route.Name] = time.Now()
	case was && served == nil:
		if o.flips++; o.flips <= shownFailures {
			log.Printf("flip: HTTPRoute %s is not Served: %+v", route.Name, route.Status.Parents)
		}
		delete(o.servedAt, route.Name)
	}
	o.tell()
}

// servedBy is the condition by which the stored generation of a user's HTTPRoute is Served; nil if none says so.
func servedBy(route *gatewayv1.HTTPRoute) *metav1.Condition {
	for _, parent := range route.Status.Parents {
		found := meta.FindStatusCondition(parent.Conditions, status.ConditionServed)
		if parent.ControllerName == attached.ControllerName && found != nil && found.Status == metav1.ConditionTrue && found.ObservedGeneration == route.Generation {
			return found
		}
	}
	return nil
}

func (o *routeObserver) drop(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.thereAt, name)
	delete(o.servedAt, name)
	o.tell()
}

func (o *routeObserver) tell() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}

// awaitServed waits until HTTPRoutes of users are Served, and tells since when the last of them is.
func (o *routeObserver) awaitServed(ctx context.Context, names ...string) (time.Time, error) {
	return o.await(ctx, "Served", o.servedAt, names)
}

// awaitThere waits until an HTTPRoute exists, and tells since when.
func (o *routeObserver) awaitThere(ctx context.Context, name string) (time.Time, error) {
	return o.await(ctx, "there", o.thereAt, []string{name})
}

func (o *routeObserver) await(ctx context.Context, what string, since map[string]time.Time, names []string) (last time.Time, err error) {
	missing := []string{}
	err = o.until(ctx, func() bool {
		missing = slices.DeleteFunc(slices.Clone(names), func(name string) bool { _, is := since[name]; return is })
		if len(missing) == 0 {
			for _, name := range names {
				last = slices.MaxFunc([]time.Time{last, since[name]}, time.Time.Compare)
			}
		}
		return len(missing) == 0
	})
	if err != nil {
		return last, fmt.Errorf("%d of %d HTTPRoutes are not %s, the first is %s: %w", len(missing), len(names), what, missing[0], err)
	}
	return last, nil
}

// awaitGone waits until HTTPRoutes exist no longer.
func (o *routeObserver) awaitGone(ctx context.Context, names ...string) error {
	if err := o.until(ctx, func() bool {
		return !slices.ContainsFunc(names, func(name string) bool { _, is := o.thereAt[name]; return is })
	}); err != nil {
		return fmt.Errorf("HTTPRoutes %v are not gone: %w", names, err)
	}
	return nil
}

// until returns when something is met, of which it is asked after every change, or after some minutes.
func (o *routeObserver) until(ctx context.Context, met func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		o.mu.Lock()
		is := met()
		o.mu.Unlock()
		if is {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.news:
		}
	}
}

// seen returns how often an HTTPRoute that was Served ceased to be, and how many changes there were of some.
func (o *routeObserver) seen(names ...string) (flips, changes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, name := range names {
		changes += o.changes[name]
	}
	return o.flips, changes
}
