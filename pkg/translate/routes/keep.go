// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/http/header"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// keep adds a rule that only probes meet for each backend that has lost its traffic, until
// the version without it is proven (SPEC B-RDY-3). Without that, a gateway may forget the backend
// before its proxies know that requests go elsewhere: Contour's get clusters and routes in two
// streams, and answer 503 in between (response flag NC). Gateways that warm new backends keep
// the old ones as long themselves. A Service that is gone is not kept: its reference would
// not resolve. One rule's place is left, for the next backend to be made.
func (r Renderer) keep(object *gatewayv1.HTTPRoute, gateway input.Gateway) {
	current := r.in.Routes[object.Name]
	if current == nil || gateway.Warms {
		return
	}
	there := sets.New[string]()
	for _, rule := range object.Spec.Rules {
		for _, ref := range rule.BackendRefs {
			there.Insert(backendOf(ref))
		}
	}
	for _, rule := range current.Spec.Rules {
		if isProbed(rule) && !isKept(rule) {
			continue
		}
		for _, ref := range rule.BackendRefs {
			name := backendOf(ref)
			if there.Has(name) || !r.in.Served.Has(serviceOf(ref, object.Namespace)) || len(object.Spec.Rules) >= maxRouteRules-1 {
				continue
			}
			there.Insert(name)
			object.Spec.Rules = append(object.Spec.Rules, keptRule(ref))
		}
	}
}

func keptRule(ref gatewayv1.HTTPBackendRef) gatewayv1.HTTPRouteRule {
	hash := rollout.Hash(backendOf(ref))
	ref.Filters, ref.Weight = nil, new(int32(1))
	return gatewayv1.HTTPRouteRule{
		Matches: []gatewayv1.HTTPRouteMatch{match(rules.Rule{
			Path:    keptPath + hash[:12],
			Headers: []rules.Header{{Name: header.HashKey, Value: header.HashValueOverride}},
		})},
		Filters:     setHeaders([]rules.Header{{Name: header.HashKey, Value: hash}}),
		BackendRefs: []gatewayv1.HTTPBackendRef{ref},
	}
}
