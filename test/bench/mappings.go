// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	servingGroup = "serving.knative.dev"
	// frontService is what the DomainMappings lead to, and pathService what the HTTPRoutes do that are attached to them.
	frontService, pathService = "front", "behind"
)

// mappings are two DomainMappings on one Gateway, of which one gets many HTTPRoutes.
type mappings struct {
	*place
	few, many string // their hosts
	ingresses *observer
	routes    *routeObserver
}

// mapped is how many KIngresses are Ready then: of both DomainMappings, and of both Knative Services.
const mapped = 4

// newMappings returns one that can be removed, also beside an error.
func newMappings(ctx context.Context, p *place) (*mappings, error) {
	m := &mappings{place: p, few: p.namespace + ".few.example.org", many: p.namespace + ".many.example.org", ingresses: p.observe(ctx)}
	var err error
	if m.routes, err = p.observeRoutes(ctx); err != nil {
		return m, err
	}
	for name, runs := range map[string]program{frontService: programs[0], pathService: programs[1]} {
		if err := p.deployReady(ctx, name, runs); err != nil {
			return m, err
		}
	}
	for _, domain := range []string{m.few, m.many} {
		if err := m.mapDomain(ctx, domain); err != nil {
			return m, fmt.Errorf("DomainMapping %s: %w", domain, err)
		}
	}
	if _, err := m.ingresses.awaitReady(ctx, mapped); err != nil {
		return m, err
	}
	return m, atRest(ctx, p.clients)
}

// mapDomain leads a domain to a Knative Service, and waits until it does.
func (m *mappings) mapDomain(ctx context.Context, domain string) error {
	if _, err := cluster.Claims.CreateAs(ctx, m.Cluster, manager, &cluster.Object{
		"metadata": map[string]any{"name": domain},
		"spec":     map[string]any{"namespace": m.namespace},
	}); err != nil {
		return err
	}
	if _, err := cluster.DomainMappings.CreateAs(ctx, m.Cluster, manager, &cluster.Object{
		"metadata": map[string]any{"namespace": m.namespace, "name": domain, "annotations": map[string]any{networking.IngressClassAnnotationKey: ingressClass}},
		"spec":     map[string]any{"ref": map[string]any{"apiVersion": servingGroup + "/v1", "kind": "Service", "name": frontService, "namespace": m.namespace}},
	}); err != nil {
		return err
	}
	_, err := cluster.DomainMappings.TryAwait(ctx, m.Cluster, m.namespace, domain, within, isReady)
	return err
}

// remove also deletes what is not in the namespace.
func (m *mappings) remove() {
	m.place.remove()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, domain := range []string{m.few, m.many} {
		if err := cluster.Claims.TryDelete(ctx, m.Cluster, "", domain); err != nil {
			log.Printf("delete ClusterDomainClaim %s: %v", domain, err)
		}
	}
}

// attach creates an HTTPRoute whose parent is the DomainMapping, for a path of the HTTPRoute's name.
func (m *mappings) attach(ctx context.Context, domain, name string) error {
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Name: name}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{
		Group: new(gatewayv1.Group(servingGroup)), Kind: new(gatewayv1.Kind("DomainMapping")), Name: gatewayv1.ObjectName(domain),
	}}
	backend := gatewayv1.HTTPBackendRef{}
	backend.Group, backend.Kind, backend.Name = new(gatewayv1.Group(servingGroup)), new(gatewayv1.Kind("Service")), pathService
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{{
		Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new("/" + name)}}},
		BackendRefs: []gatewayv1.HTTPBackendRef{backend},
	}}
	_, err := m.gateway.GatewayV1().HTTPRoutes(m.namespace).Create(ctx, route, metav1.CreateOptions{})
	return err
}

// detach deletes the HTTPRoute, and returns when what was rendered for it is gone and no client writes any more.
func (m *mappings) detach(ctx context.Context, domain, name string) error {
	if err := m.gateway.GatewayV1().HTTPRoutes(m.namespace).Delete(ctx, name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := m.routes.awaitGone(ctx, name, rendered(domain, name)); err != nil {
		return err
	}
	return atRest(ctx, m.clients)
}

// rendered is the name of the HTTPRoute on the Gateway that the controller writes for one that is attached.
func rendered(domain, name string) string { return names.Route(domain, names.AttachedSuffix(name)) }

// answers tells whether the path of an attached HTTPRoute is answered, by the service to which it leads, at the first try.
func (m *mappings) answers(ctx context.Context, domain, name string) bool {
	answer := cluster.AskFor(ctx, m.external.address, cluster.Request{Host: domain, Path: "/" + name})
	right := answer.Code == http.StatusOK && strings.HasPrefix(answer.Body, programs[1].answer)
	if !right {
		log.Printf("Served, but http://%s/%s: %s", domain, name, answer)
	}
	return right
}
