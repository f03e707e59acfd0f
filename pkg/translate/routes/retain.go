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

// retain adds a rule that only probes match for each backend that has lost its traffic, until the
// version without it is proven (SPEC B-RDY-3). Without this rule, a gateway may drop the backend
// before its proxies send requests elsewhere: Contour's proxies get clusters and routes in two
// streams, and in between answer 503 (response flag NC). A gateway that warms new backends keeps
// the old ones for as long by itself. A backend that is gone is not retained, because the reference
// to it would not resolve. One rule is left free, for warming the next backend.
func (r Renderer) retain(object *gatewayv1.HTTPRoute, gateway input.Gateway) {
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
		if isProbed(rule) && !isRetainedRule(rule) {
			continue
		}
		for _, ref := range rule.BackendRefs {
			name := backendOf(ref)
			if there.Has(name) || !r.exists(ref) || len(object.Spec.Rules) >= maxRouteRules-1 {
				continue
			}
			there.Insert(name)
			object.Spec.Rules = append(object.Spec.Rules, retainedRule(ref))
		}
	}
}

func retainedRule(ref gatewayv1.HTTPBackendRef) gatewayv1.HTTPRouteRule {
	hash := rollout.Hash(backendOf(ref))
	ref.Filters, ref.Weight = nil, new(int32(1))
	return gatewayv1.HTTPRouteRule{
		Matches: []gatewayv1.HTTPRouteMatch{match(rules.Rule{
			Path:    retainedPath + hash[:12],
			Headers: []rules.Header{{Name: header.HashKey, Value: header.HashValueOverride}},
		})},
		Filters:     setHeaders([]rules.Header{{Name: header.HashKey, Value: hash}}),
		BackendRefs: []gatewayv1.HTTPBackendRef{ref},
	}
}
