// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	// ownListeners are added to a Gateway that may have 64, of which it has some.
	ownListeners = 60
	// onGatewayTimes is how often, with as many times of a bare client between them.
	onGatewayTimes = 3
)

// onGateway creates TLS hosts at once on a Gateway without ListenerSets: each costs a
// listener of the Gateway itself. A bare client appends one at a time.
func onGateway(ctx context.Context, c clients) ([]figure, error) {
	restore, err := c.withoutListenerSets(ctx)
	defer restore()
	if err != nil {
		return nil, err
	}
	ours, bare := []float64{}, []float64{}
	for range onGatewayTimes {
		took, err := listenersOnGateway(ctx, c, bareListeners)
		if err != nil {
			return nil, fmt.Errorf("bare client: %w", err)
		}
		bare = append(bare, took.Seconds())
		if took, err = listenersOnGateway(ctx, c, ourListeners); err != nil {
			return nil, err
		}
		ours = append(ours, took.Seconds())
	}
	name := fmt.Sprintf("burst of %d TLS hosts on a Gateway without ListenerSets: all Ready, median of %d; bare: all answer over TLS", ownListeners, onGatewayTimes)
	return []figure{seconds(name, median(ours), "2 x").beside(median(bare))}, nil
}

// listenersOnGateway tells how long something takes, and puts the external Gateway's listeners back.
func listenersOnGateway(ctx context.Context, c clients, measure func(context.Context, *httpsHosts) error) (time.Duration, error) {
	p, err := newBackedPlace(ctx, c, "ongateway")
	if err != nil {
		return 0, err
	}
	authority, err := cluster.NewAuthority()
	if err != nil {
		return 0, err
	}
	h := &httpsHosts{place: p, by: authority}
	before, err := p.listeners(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { // the controller takes its own away with their KIngresses
		p.remove()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := p.listen(ctx, before); err != nil {
			log.Printf("put the listeners of Gateway %s back: %v", p.external.name, err)
		}
	}()
	if err := atRest(ctx, c); err != nil {
		return 0, err
	}
	for i := range ownListeners { // not part of what is measured: Serving has certificates before
		if err := h.secret(ctx, serviceName(i)); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	err = measure(ctx, h)
	return time.Since(began), err
}

func ourListeners(ctx context.Context, h *httpsHosts) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	observed := h.observe(ctx)
	if err := create(ctx, ownListeners, h.secureIngress); err != nil {
		return err
	}
	if _, err := observed.awaitReady(ctx, ownListeners); err != nil {
		return err
	}
	listeners, err := h.listeners(ctx)
	if err == nil && len(listeners) < ownListeners {
		err = fmt.Errorf("Gateway %s has %d listeners: nothing was measured", h.external.name, len(listeners))
	}
	return err
}

func bareListeners(ctx context.Context, h *httpsHosts) error {
	if err := h.grantSecrets(ctx); err != nil {
		return err
	}
	writing := sync.Mutex{} // the API server validates a Gateway for long, and again after each write that was faster
	err := create(ctx, ownListeners, func(ctx context.Context, name string) error {
		writing.Lock()
		err := h.addListener(ctx, name)
		writing.Unlock()
		if err != nil {
			return err
		}
		return h.bare(ctx, name, (*place).sameRoutes)
	})
	if err != nil {
		return err
	}
	if err := h.answered(ctx, ownListeners); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(waiters)
	for i := range ownListeners {
		group.Go(func() error { return h.overTLS(ctx, serviceName(i)) })
	}
	return group.Wait()
}

// addListener adds a listener to the external Gateway, with the certificate of the Secret of that name.
func (h *httpsHosts) addListener(ctx context.Context, name string) error {
	entry := h.listenerSet(name).Spec.Listeners[0]
	listener := gatewayv1.Listener{
		Name: gatewayv1.SectionName(name), Hostname: entry.Hostname, Port: entry.Port, Protocol: entry.Protocol, TLS: entry.TLS,
		AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}},
	}
	listener.TLS.CertificateRefs[0].Namespace = new(gatewayv1.Namespace(h.namespace))
	patch, err := json.Marshal([]any{map[string]any{"op": "add", "path": "/spec/listeners/-", "value": listener}})
	if err != nil {
		return err
	}
	_, err = h.gateway.GatewayV1().Gateways(h.external.name.Namespace).Patch(ctx, h.external.name.Name, types.JSONPatchType, patch, metav1.PatchOptions{})
	return err
}

// grantSecrets lets the external Gateway read the certificates of the place.
func (h *httpsHosts) grantSecrets(ctx context.Context) error {
	grant := &gatewayv1beta1.ReferenceGrant{ObjectMeta: metav1.ObjectMeta{Name: "certificates"}}
	grant.Spec.From = []gatewayv1beta1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "Gateway", Namespace: gatewayv1.Namespace(h.external.name.Namespace)}}
	grant.Spec.To = []gatewayv1beta1.ReferenceGrantTo{{Kind: "Secret"}}
	_, err := h.gateway.GatewayV1beta1().ReferenceGrants(h.namespace).Create(ctx, grant, metav1.CreateOptions{})
	return err
}
