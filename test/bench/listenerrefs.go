// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/tools/cache"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// listenerRefs knows of each HTTPRoute on the external Gateway of a place whether it names a listener there. It watches:
// to list them over and over would keep the API server from what is measured.
type listenerRefs struct {
	news chan struct{} // holds one when something has changed since the last look

	mu    sync.Mutex
	named map[string]bool
}

// listenerRefs watches until the context ends.
func (p *place) listenerRefs(ctx context.Context) (*listenerRefs, error) {
	l := &listenerRefs{news: make(chan struct{}, 1), named: map[string]bool{}}
	source := cache.NewListWatchFromClient(p.gateway.GatewayV1().RESTClient(), "httproutes", p.namespace, fields.Everything())
	informer := cache.NewSharedInformer(source, &gatewayv1.HTTPRoute{}, 0)
	see := func(object any) { l.see(object.(*gatewayv1.HTTPRoute), p.external.name.Name) }
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: see, UpdateFunc: func(_, object any) { see(object) }})
	if err != nil {
		return nil, err
	}
	go informer.RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), registration.HasSynced) {
		return nil, fmt.Errorf("watch HTTPRoutes: %w", ctx.Err())
	}
	return l, nil
}

func (l *listenerRefs) see(route *gatewayv1.HTTPRoute, gateway string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ref := range route.Spec.ParentRefs {
		if string(ref.Name) == gateway {
			l.named[route.Name] = ref.SectionName != nil
		}
	}
	select {
	case l.news <- struct{}{}:
	default:
	}
}

// await waits until all HTTPRoutes name a listener, or none does, and logs how it goes on.
func (l *listenerRefs) await(ctx context.Context, named bool) error {
	began, all, quarter := time.Now(), l.otherwise(named), 1
	for {
		left := l.otherwise(named)
		for ; quarter <= 4 && left <= all*(4-quarter)/4; quarter++ {
			log.Printf("%d of %d HTTPRoutes are rewritten after %.1f s", all-left, all, time.Since(began).Seconds())
		}
		if left == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d HTTPRoutes are attached as before: %w", left, ctx.Err())
		case <-l.news:
		}
	}
}

func (l *listenerRefs) otherwise(named bool) (left int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, is := range l.named {
		if is != named {
			left++
		}
	}
	return left
}
