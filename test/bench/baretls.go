// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// bareHost adds a TLS host as a client does that writes no more than it takes, the Secret, the
// Service, a ListenerSet and two HTTPRoutes, and tells the seconds until it answers.
func (h *httpsHosts) bareHost(ctx context.Context, name string) (float64, error) {
	began, host := time.Now(), h.externalHost(name)
	if err := h.secret(ctx, name); err != nil {
		return 0, err
	}
	if err := h.service(ctx, name); err != nil {
		return 0, err
	}
	if _, err := h.gateway.GatewayV1().ListenerSets(h.namespace).Create(ctx, h.listenerSet(name), metav1.CreateOptions{}); err != nil {
		return 0, err
	}
	external, local := h.newRoute([]string{host}, h.external.name, name), h.newRoute(h.localHosts(name), h.local.name, name)
	set := gatewayv1.ParentReference{Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(gatewayv1.Kind("ListenerSet")), Name: gatewayv1.ObjectName(name)}
	external.Spec.ParentRefs = append(external.Spec.ParentRefs, set)
	for _, route := range []*gatewayv1.HTTPRoute{external, local} {
		if _, err := h.gateway.GatewayV1().HTTPRoutes(h.namespace).Create(ctx, route, metav1.CreateOptions{}); err != nil {
			return 0, err
		}
	}
	ticker := time.NewTicker(askAgain / 5)
	defer ticker.Stop()
	for {
		answer := cluster.AskFor(ctx, h.host(), cluster.Request{Host: host, Roots: h.by.Roots})
		if answer.Code == http.StatusOK {
			return time.Since(began).Seconds(), nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("https://%s: %s: %w", host, answer, ctx.Err())
		case <-ticker.C:
		}
	}
}

// listenerSet has one listener, with the certificate of the Secret of its name.
func (h *httpsHosts) listenerSet(name string) *gatewayv1.ListenerSet {
	set := &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{Name: name}}
	set.Spec.ParentRef = gatewayv1.ParentGatewayReference{Namespace: new(gatewayv1.Namespace(h.external.name.Namespace)), Name: gatewayv1.ObjectName(h.external.name.Name)}
	set.Spec.Listeners = []gatewayv1.ListenerEntry{{
		Name: "https", Hostname: new(gatewayv1.Hostname(h.externalHost(name))), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
		TLS: &gatewayv1.ListenerTLSConfig{
			Mode:            new(gatewayv1.TLSModeTerminate),
			CertificateRefs: []gatewayv1.SecretObjectReference{{Name: gatewayv1.ObjectName(name)}},
		},
	}}
	return set
}

// addBare adds bare hosts one after another.
func (h *httpsHosts) addBare(ctx context.Context, when string) ([]float64, error) {
	took := []float64{}
	for i := range added {
		seconds, err := h.bareHost(ctx, fmt.Sprintf("bare-%s-%d", when, i))
		if err != nil {
			return nil, err
		}
		took = append(took, seconds)
	}
	return took, nil
}
