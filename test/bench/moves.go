// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	moveTimes = 10
	moved     = "nomad"
)

// moves takes one Knative Service from Gateway to Gateway and back, by its label.
// It is asked at every address at which it is served: at a new one from when its
// KIngress publishes it, at an old one until half of the drain time has passed.
func moves(ctx context.Context, c clients) ([]figure, error) {
	if *drain > 0 {
		restore, err := c.configure(ctx, "config-gateway", "drain-time", drain.String())
		if err != nil {
			return nil, err
		}
		defer restore()
	}
	p, err := newPlace(ctx, c, "moves")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	if err := p.deployReady(ctx, moved, programs[0]); err != nil {
		return nil, err
	}
	m := &moving{place: p, at: p.external, next: p.other}
	if err := m.all(ctx); err != nil {
		return nil, err
	}
	bare, kept, err := p.attachments(ctx)
	if err := cmp.Or(err, m.answers.check("moves"), kept.check("attachments")); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%d moves between Gateways: ", moveTimes)
	return append(m.answers.figures(name, *rate, kept),
		seconds(name+"label until the new address is published, median", median(m.published), "").beside(median(bare)),
		seconds(name+"label until the new address is published, worst", slices.Max(m.published), "").beside(slices.Max(bare)),
		seconds(name+"new address published until the old Gateway has no route, median", median(m.detached), "drain-time"),
	), nil
}

// moving is a Knative Service that is served at one Gateway and will be at the next.
type moving struct {
	*place
	at, next            gateway
	answers             tally
	published, detached []float64
}

func (m *moving) all(ctx context.Context) error {
	load := m.ask(m.at)
	for i := range moveTimes {
		newLoad, err := m.move(ctx, load)
		if err != nil {
			return fmt.Errorf("move %d to %s: %w", i+1, m.next.name, err)
		}
		load = newLoad
		m.at, m.next = m.next, m.at
	}
	m.answers = m.answers.plus(load.stop())
	return nil
}

func (m *moving) ask(at gateway) *load {
	return startLoad(at.address, m.externalHost(moved), *rate)
}

// move returns the load at the new address. The old one is stopped, also on errors.
func (m *moving) move(ctx context.Context, old *load) (*load, error) {
	var stopped tally
	stop := func() { stopped = old.stop() }
	defer func() { m.answers = m.answers.plus(stopped) }()
	before, err := m.publishedAt(ctx)
	if err != nil {
		stop()
		return nil, err
	}
	published := when(ctx, m.place, cluster.KIngresses, moved, otherAddress(before))
	began := time.Now()
	if err := m.change(ctx, moved, func(service cluster.Object) { m.label(service) }); err != nil {
		stop()
		return nil, err
	}
	address := <-published
	if address.err != nil {
		stop()
		return nil, address.err
	}
	m.published = append(m.published, address.at.Sub(began).Seconds())
	load := m.ask(m.next)
	err = pause(ctx, *drain/2)
	stop()
	if err != nil {
		m.answers = m.answers.plus(load.stop())
		return nil, err
	}
	off := <-when(ctx, m.place, cluster.HTTPRoutes, m.externalHost(moved), onlyOn(m.next))
	if off.err != nil {
		m.answers = m.answers.plus(load.stop())
		return nil, off.err
	}
	m.detached = append(m.detached, off.at.Sub(address.at).Seconds())
	return load, nil
}

// label is what config-gateway of each folder in third_party selects by.
func (m *moving) label(service cluster.Object) {
	metadata := service["metadata"].(map[string]any)
	labels, _ := metadata["labels"].(map[string]any)
	if labels == nil {
		labels = map[string]any{}
	}
	delete(labels, "gateway")
	if m.next.name == m.other.name {
		labels["gateway"] = m.other.name.Name
	}
	metadata["labels"] = labels
}

func (m *moving) publishedAt(ctx context.Context) (string, error) {
	ing, err := m.networking.NetworkingV1alpha1().Ingresses(m.namespace).Get(ctx, moved, metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	address := publicAddress(ing)
	if address == "" {
		return "", fmt.Errorf("KIngress %s publishes no address", moved)
	}
	return address, nil
}

func publicAddress(ing *v1alpha1.Ingress) string {
	if ing.Status.PublicLoadBalancer == nil || len(ing.Status.PublicLoadBalancer.Ingress) == 0 {
		return ""
	}
	published := ing.Status.PublicLoadBalancer.Ingress[0]
	return published.DomainInternal + published.Domain + published.IP
}

// otherAddress is met by a Ready KIngress that publishes another address.
func otherAddress(before string) cluster.Met[v1alpha1.Ingress] {
	return func(ing *v1alpha1.Ingress) error {
		if ing == nil || !ing.IsReady() {
			return errors.New("is not Ready")
		}
		if now := publicAddress(ing); now == "" || now == before {
			return fmt.Errorf("publishes %q, another is awaited", now)
		}
		return nil
	}
}

// onlyOn is met by an HTTPRoute with one parent, the Gateway.
func onlyOn(at gateway) cluster.Met[gatewayv1.HTTPRoute] {
	return func(route *gatewayv1.HTTPRoute) error {
		if route == nil || len(route.Spec.ParentRefs) != 1 || string(route.Spec.ParentRefs[0].Name) != at.name.Name {
			return fmt.Errorf("is not on %s alone", at.name)
		}
		return nil
	}
}
