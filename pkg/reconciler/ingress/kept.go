// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// currentRoutes are the routes to compare with what is desired. While a side cannot be
// served because something that it names is wrong, its routes stay as they are: a
// mistake or a Gateway that comes back must not cost traffic.
func (seen *observed) currentRoutes() []*gatewayv1.HTTPRoute {
	kept := map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]{}
	for _, visibility := range config.Visibilities {
		kept[visibility] = seen.unservedHosts(visibility)
	}
	routes := make([]*gatewayv1.HTTPRoute, 0, len(seen.routes))
	for _, name := range slices.Sorted(maps.Keys(seen.routes)) {
		route := seen.routes[name]
		stays := slices.ContainsFunc(config.Visibilities, func(visibility v1alpha1.IngressVisibility) bool {
			if seen.sides[visibility].unsaid {
				return seen.standsFor(route, visibility)
			}
			return len(route.Spec.Hostnames) > 0 && kept[visibility].HasAll(route.Spec.Hostnames...) && !seen.mustLeave(route, visibility)
		})
		if !stays {
			routes = append(routes, route)
		}
	}
	return routes
}

// unservedHosts are the hosts of a side that cannot be served though they should be.
func (seen *observed) unservedHosts(visibility v1alpha1.IngressVisibility) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	for at := range seen.withheld {
		if at.Visibility == visibility {
			hosts.Insert(gatewayv1.Hostname(at.Host))
		}
	}
	side, known := seen.sides[visibility]
	if !known || side.serves() || side.unserved {
		return hosts
	}
	return hosts.Union(seen.hostsAt(visibility))
}

// mustLeave tells whether a route may not stay on its Gateway (SPEC B-SEL-7, B-SEL-3).
func (seen *observed) mustLeave(route *gatewayv1.HTTPRoute, visibility v1alpha1.IngressVisibility) bool {
	for _, parent := range route.Spec.ParentRefs {
		gateway := seen.gatewayOf(route, parent)
		if seen.expels(gateway, visibility) || seen.reserved(gateway, visibility) {
			return true
		}
	}
	return false
}
