// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// bareAftermath is how long the load on the bare client's hosts goes on, while the gateway takes up what was written.
const bareAftermath = 20 * time.Second

// bareRewriting is how long a bare client takes to write other parentRefs into as many of the same HTTPRoutes when the
// listener appears and when it goes, and what becomes of the same load. In between it adds one more service, too.
type bareRewriting struct {
	appears, goes time.Duration
	answers       tally
}

func bareRewrite(ctx context.Context, c clients, size int) (took bareRewriting, err error) {
	p, err := newBackedPlace(ctx, c, "bare")
	if err != nil {
		return took, err
	}
	defer p.remove()
	if err := create(ctx, size, func(ctx context.Context, name string) error { return p.bare(ctx, name, (*place).sameRoutes) }); err != nil {
		return took, err
	}
	if err := p.answered(ctx, size); err != nil {
		return took, err
	}
	listeners, err := p.listeners(ctx)
	if err != nil {
		return took, err
	}
	defer p.restore(listeners)
	stop, err := p.loadTwo(ctx)
	if err != nil {
		return took, err
	}
	took.appears, took.goes, err = p.bareOverlap(ctx, size, listeners)
	if err == nil {
		err = pause(ctx, bareAftermath)
	}
	took.answers = stop()
	return took, err
}

// bareOverlap is overlap for a bare client.
func (p *place) bareOverlap(ctx context.Context, size int, listeners []gatewayv1.Listener) (appears, goes time.Duration, err error) {
	anyListener := parentRef(p.external.name)
	named := anyListener
	named.SectionName = new(listeners[0].Name)
	if appears, err = p.bareRewritten(ctx, size, overlapping(listeners), named); err != nil {
		return 0, 0, err
	}
	if err := p.bare(ctx, newcomer, routesNaming(listeners[0].Name)); err != nil {
		return 0, 0, err
	}
	for _, asked := range []request{p.externally(newcomer), p.locally(newcomer)} {
		if _, err := asked.until(ctx); err != nil {
			return 0, 0, err
		}
	}
	goes, err = p.bareRewritten(ctx, size, listeners, anyListener)
	return appears, goes, err
}

// bareRewritten is rewritten for a bare client, which writes the same parentRef into all HTTPRoutes.
func (p *place) bareRewritten(ctx context.Context, size int, listeners []gatewayv1.Listener, ref gatewayv1.ParentReference) (time.Duration, error) {
	began := time.Now()
	if err := p.listen(ctx, listeners); err != nil {
		return 0, err
	}
	err := create(ctx, size, func(ctx context.Context, name string) error {
		return p.patchRoute(ctx, p.externalHost(name), map[string]any{"parentRefs": []gatewayv1.ParentReference{ref}})
	})
	return time.Since(began), err
}

// routesNaming are sameRoutes whose external one names a listener: it would take part in the overlap otherwise, for which
// Envoy Gateway refuses the routes of all.
func routesNaming(listener gatewayv1.SectionName) routesFor {
	return func(p *place, ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
		routes, err := p.sameRoutes(ing)
		for _, route := range routes {
			for i := range route.Spec.ParentRefs {
				if ref := &route.Spec.ParentRefs[i]; string(ref.Name) == p.external.name.Name {
					ref.SectionName = &listener
				}
			}
		}
		return routes, err
	}
}
