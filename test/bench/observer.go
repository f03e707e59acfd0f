// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"maps"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// observer sees every change of the KIngresses of a place.
type observer struct {
	news chan struct{} // holds one when something has changed since the last look

	mu      sync.Mutex
	readyAt map[string]time.Time // of those that are Ready, since when
	changes map[string]int
	flips   int // from Ready to not Ready
}

// observe watches until the context ends.
func (p *place) observe(ctx context.Context) *observer {
	o := &observer{news: make(chan struct{}, 1), readyAt: map[string]time.Time{}, changes: map[string]int{}}
	source := cache.NewListWatchFromClient(p.networking.NetworkingV1alpha1().RESTClient(), "ingresses", p.namespace, fields.Everything())
	informer := cache.NewSharedInformer(source, &v1alpha1.Ingress{}, 0)
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { o.note(object.(*v1alpha1.Ingress)) },
		UpdateFunc: func(before, object any) {
			if before, ing := before.(*v1alpha1.Ingress), object.(*v1alpha1.Ingress); before.ResourceVersion != ing.ResourceVersion {
				o.note(ing)
			}
		},
	})
	go informer.RunWithContext(ctx)
	return o
}

// note ignores what a status says of an earlier generation than the stored one.
func (o *observer) note(ing *v1alpha1.Ingress) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.changes[ing.Name]++
	if ing.Status.ObservedGeneration != ing.Generation {
		return
	}
	_, was := o.readyAt[ing.Name]
	switch is := ing.IsReady(); {
	case is && !was:
		o.readyAt[ing.Name] = time.Now()
	case was && !is:
		if o.flips++; o.flips <= shownFailures {
			reason := ing.Status.GetCondition(v1alpha1.IngressConditionReady)
			log.Printf("flip: KIngress %s is not Ready: %s: %s", ing.Name, reason.GetReason(), reason.GetMessage())
		}
		delete(o.readyAt, ing.Name)
	}
	select {
	case o.news <- struct{}{}:
	default:
	}
}

// forget drops a KIngress that is going to be deleted.
func (o *observer) forget(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.readyAt, name)
}

// awaitReady waits until that many KIngresses are Ready, and tells since when.
func (o *observer) awaitReady(ctx context.Context, size int) (time.Time, error) {
	var since time.Time
	err := o.await(ctx, fmt.Sprintf("%d KIngresses are Ready", size), func() bool {
		since = slices.MaxFunc(append(slices.Collect(maps.Values(o.readyAt)), since), time.Time.Compare)
		return len(o.readyAt) == size
	})
	return since, err
}

// ready counts those that are Ready.
func (o *observer) ready() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.readyAt)
}

// awaitOne waits for one KIngress and tells since when it is Ready.
func (o *observer) awaitOne(ctx context.Context, name string) (time.Time, error) {
	var since time.Time
	err := o.await(ctx, "KIngress "+name+" is Ready", func() bool {
		at, is := o.readyAt[name]
		since = at
		return is
	})
	return since, err
}

func (o *observer) await(ctx context.Context, what string, met func() bool) error {
	for {
		o.mu.Lock()
		is, ready := met(), len(o.readyAt)
		o.mu.Unlock()
		if is {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("until %s (%d are): %w", what, ready, ctx.Err())
		case <-o.news:
		}
	}
}

// seen returns how often a KIngress that was Ready ceased to be, and how many changes
// there were of one.
func (o *observer) seen(name string) (flips, changes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flips, o.changes[name]
}
