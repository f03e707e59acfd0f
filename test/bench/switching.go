// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// switching is one HTTPRoute of ours, and two Revisions that it may lead to.
type switching struct {
	*place
	host      string
	revisions [2]string
	// leadsTo is the index of the Revision that is served.
	leadsTo int
	// took is in seconds.
	took    []float64
	answers tally
}

// newSwitching deploys two Knative Services: only their Revisions' Services are of
// interest. The HTTPRoute leads to the first.
func (p *place) newSwitching(ctx context.Context) (*switching, error) {
	s := &switching{place: p, host: p.externalHost("bare")}
	for i, name := range []string{"bare-a", "bare-b"} {
		if err := p.deployReady(ctx, name, programs[i]); err != nil {
			return nil, err
		}
		s.revisions[i] = name + "-00001"
	}
	route := p.newRoute([]string{s.host}, p.external.name, s.revisions[0])
	route.Spec.Rules = p.activatorRules(s.revisions[0])
	if _, err := p.gateway.GatewayV1().HTTPRoutes(p.namespace).Create(ctx, route, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	_, err := request{address: p.external.address, host: s.host}.until(ctx)
	return s, err
}

// times switches to and fro under the load of a rollout, and notes the seconds from
// each write until all answers are new.
func (s *switching) times(ctx context.Context, times int) error {
	load := startLoad(s.external.address, s.host, *rate)
	defer func() { s.answers = s.answers.plus(load.stop()) }()
	if _, err := load.turned(ctx, time.Now(), says(programs[s.leadsTo].answer)); err != nil {
		return err
	}
	for range times {
		s.leadsTo = 1 - s.leadsTo
		began := time.Now()
		if err := s.patchRoute(ctx, s.host, map[string]any{"rules": s.activatorRules(s.revisions[s.leadsTo])}); err != nil {
			return err
		}
		turned, err := load.turned(ctx, began, says(programs[s.leadsTo].answer))
		if err != nil {
			return err
		}
		s.took = append(s.took, turned.Sub(began).Seconds())
	}
	return nil
}

// activatorRules are what a KIngress of Serving comes to: the activator, which is in
// the way of small Revisions, needs the headers.
func (p *place) activatorRules(revision string) []gatewayv1.HTTPRouteRule {
	backend := gatewayv1.HTTPBackendRef{}
	backend.Name, backend.Port = gatewayv1.ObjectName(revision), new(gatewayv1.PortNumber(80))
	return []gatewayv1.HTTPRouteRule{{
		BackendRefs: []gatewayv1.HTTPBackendRef{backend},
		Filters: []gatewayv1.HTTPRouteFilter{{
			Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier,
			RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{Set: []gatewayv1.HTTPHeader{
				{Name: "Knative-Serving-Namespace", Value: p.namespace},
				{Name: "Knative-Serving-Revision", Value: revision},
			}},
		}},
	}}
}

// patchRoute writes fields of an HTTPRoute's spec.
func (p *place) patchRoute(ctx context.Context, name string, spec map[string]any) error {
	patch, err := json.Marshal(map[string]any{"spec": spec})
	if err != nil {
		return err
	}
	_, err = p.gateway.GatewayV1().HTTPRoutes(p.namespace).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
