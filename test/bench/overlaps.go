// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// overlaps adds a listener for *.example.com beside the one for all hosts of a Gateway, and takes it away again, while
// many KIngresses are Ready and two of their hosts are asked. A bare client rewrites as many parentRefs.
func overlaps(ctx context.Context, c clients) ([]figure, error) {
	bare, err := bareRewrite(ctx, c, *crowd)
	if err != nil {
		return nil, fmt.Errorf("bare client: %w", err)
	}
	p, err := newBackedPlace(ctx, c, "overlaps")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	observed := p.observe(watching)
	if err := create(ctx, *crowd, p.ingress); err != nil {
		return nil, err
	}
	if _, err := observed.awaitReady(ctx, *crowd); err != nil {
		return nil, err
	}
	stop, err := p.loadTwo(ctx)
	if err != nil {
		return nil, err
	}
	appears, goes, err := p.overlap(ctx, observed)
	answers := stop()
	if err != nil {
		return nil, err
	}
	flips, _ := observed.seen("")
	name := fmt.Sprintf("a listener that overlaps, %d Ready KIngresses: ", *crowd)
	return []figure{
		seconds(name+"it appears, until all HTTPRoutes name one", appears.Seconds(), "1.3 x").beside(bare.appears.Seconds()),
		seconds(name+"it goes, until none does", goes.Seconds(), "1.3 x").beside(bare.goes.Seconds()),
		count(name+"changes from Ready to not Ready", flips, "flips", "0"),
		count(name+"requests", answers.requests, "requests", "").beside(float64(bare.answers.requests)),
		count(name+"answers other than 2xx", answers.refused, "answers", "0").beside(float64(bare.answers.refused)),
		count(name+"connection errors", answers.lost, "requests", "0").beside(float64(bare.answers.lost)),
	}, nil
}

// loadTwo asks the first host of many and the last one until it is stopped. Both are answered when it returns.
func (p *place) loadTwo(ctx context.Context) (stop func() tally, err error) {
	first := startLoad(p.external.address, p.externalHost(serviceName(0)), *rate/2)
	last := startLoad(p.external.address, p.externalHost(serviceName(*crowd-1)), *rate/2)
	stop = func() tally { return first.stop().plus(last.stop()) }
	for _, l := range []*load{first, last} {
		if _, err := l.turned(ctx, l.began, answer.ok); err != nil {
			stop()
			return nil, err
		}
	}
	return stop, nil
}

// overlap tells how long both ways take. In between one more KIngress gets Ready.
func (p *place) overlap(ctx context.Context, observed *observer) (appears, goes time.Duration, err error) {
	listeners, err := p.listeners(ctx)
	if err != nil {
		return 0, 0, err
	}
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	routes, err := p.listenerRefs(watching)
	if err != nil {
		return 0, 0, err
	}
	defer p.restore(listeners)
	if appears, err = p.rewritten(ctx, overlapping(listeners), routes, true); err != nil {
		return 0, 0, err
	}
	if err := p.ingress(ctx, newcomer); err != nil {
		return 0, 0, err
	}
	if _, err := observed.awaitOne(ctx, newcomer); err != nil {
		return 0, 0, err
	}
	goes, err = p.rewritten(ctx, listeners, routes, false)
	return appears, goes, err
}

// rewritten gives the external Gateway listeners, and tells how long it takes until all HTTPRoutes there name one, or none.
func (p *place) rewritten(ctx context.Context, listeners []gatewayv1.Listener, routes *listenerRefs, named bool) (time.Duration, error) {
	began := time.Now()
	if err := p.listen(ctx, listeners); err != nil {
		return 0, err
	}
	err := routes.await(ctx, named)
	return time.Since(began), err
}

func (p *place) listeners(ctx context.Context) ([]gatewayv1.Listener, error) {
	found, err := p.gateway.GatewayV1().Gateways(p.external.name.Namespace).Get(ctx, p.external.name.Name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return found.Spec.Listeners, nil
}

// overlapping are listeners with one more on the port of the first, for *.example.com.
func overlapping(listeners []gatewayv1.Listener) []gatewayv1.Listener {
	second := listeners[0]
	second.Name, second.Hostname = "examples", new(gatewayv1.Hostname("*.example.com"))
	return append(slices.Clone(listeners), second)
}

// restore gives the external Gateway the listeners that it had, whatever happens.
func (p *place) restore(listeners []gatewayv1.Listener) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := p.listen(ctx, listeners); err != nil {
		log.Printf("restore the listeners of Gateway %s: %v", p.external.name, err)
	}
}

func (p *place) listen(ctx context.Context, listeners []gatewayv1.Listener) error {
	patch, err := json.Marshal(map[string]any{"spec": map[string]any{"listeners": listeners}})
	if err != nil {
		return err
	}
	_, err = p.gateway.GatewayV1().Gateways(p.external.name.Namespace).Patch(ctx, p.external.name.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
