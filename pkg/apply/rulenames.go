// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// WithoutRuleNames are changes of HTTPRoutes without the names of rules, for an API server that does not know the
// field.
func WithoutRuleNames(changes Changes[*gatewayv1.HTTPRoute]) Changes[*gatewayv1.HTTPRoute] {
	plain := Changes[*gatewayv1.HTTPRoute]{Delete: changes.Delete}
	for _, route := range changes.Create {
		plain.Create = append(plain.Create, withPlainRules(route))
	}
	for _, update := range changes.Update {
		plain.Update = append(plain.Update, Update[*gatewayv1.HTTPRoute]{Current: update.Current, Desired: withPlainRules(update.Desired)})
	}
	return plain
}

func withPlainRules(route *gatewayv1.HTTPRoute) *gatewayv1.HTTPRoute {
	plain := *route
	plain.Spec.Rules = withoutNames(route.Spec.Rules)
	return &plain
}

// withoutNames are rules without their names. These mean nothing to requests: no HTTPRoute that an earlier release
// has written, or that is stored without them, is written again for their sake.
func withoutNames(rules []gatewayv1.HTTPRouteRule) []gatewayv1.HTTPRouteRule {
	if !slices.ContainsFunc(rules, func(rule gatewayv1.HTTPRouteRule) bool { return rule.Name != nil }) {
		return rules
	}
	plain := slices.Clone(rules)
	for i := range plain {
		plain[i].Name = nil
	}
	return plain
}
