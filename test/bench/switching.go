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

// bareRate is how often a second the bare HTTPRoute is asked: enough to see when it turns,
// and little beside the load of the rollouts.
const bareRate = 100

// switching is one HTTPRoute of ours that follows the rollouts of a Knative Service, so that
// both ways are measured in the same moment: while a Revision comes up, the machine is busy.
type switching struct {
	*place
	host string
	load *load
	// took is in seconds.
	took []float64
}

// newSwitching leads the HTTPRoute to a Revision, and asks it until stop.
func (p *place) newSwitching(ctx context.Context, revision string) (*switching, error) {
	s := &switching{place: p, host: p.externalHost("bare")}
	route := p.newRoute([]string{s.host}, p.external.name, revision)
	route.Spec.Rules = p.activatorRules(revision)
	if _, err := p.gateway.GatewayV1().HTTPRoutes(p.namespace).Create(ctx, route, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	if _, err := (request{address: p.external.address, host: s.host}).until(ctx); err != nil {
		return nil, err
	}
	s.load = startLoad(s.external.address, s.host, bareRate)
	return s, nil
}

// to switches to a Revision when it is told, and notes the seconds from then until all answers
// are new.
func (s *switching) to(ctx context.Context, revision, answer string, told time.Time) error {
	if err := s.patchRoute(ctx, s.host, map[string]any{"rules": s.activatorRules(revision)}); err != nil {
		return err
	}
	turned, err := s.load.turned(ctx, told, says(answer))
	s.took = append(s.took, turned.Sub(told).Seconds())
	return err
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
