// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// keptParts are routes as they stand for those of their hosts that cannot be rendered, where the
// others can: these get routes of their own, and none loses its traffic to that.
func (seen *observed) keptParts(desired []*gatewayv1.HTTPRoute) []*gatewayv1.HTTPRoute {
	taken := sets.New[string]()
	for _, route := range desired {
		taken.Insert(route.Name)
	}
	parts := []*gatewayv1.HTTPRoute{}
	for _, route := range seen.currentRoutes() {
		hosts := seen.keptHosts(route)
		if hosts.Len() == 0 || route.DeletionTimestamp != nil {
			continue
		}
		part := translate.PartOf(route, hosts)
		translate.Renamed(part, func(name string) bool { return taken.Has(name) || name != route.Name && seen.routes[name] != nil })
		taken.Insert(part.Name)
		parts = append(parts, part)
	}
	return parts
}

// keptHosts are the hosts of a route that cannot be rendered and may stay where it is.
func (seen *observed) keptHosts(route *gatewayv1.HTTPRoute) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	stood, _ := translate.VisibilityOf(route)
	for _, visibility := range config.Visibilities {
		if seen.sides[visibility].unsaid && stood != visibility {
			continue // no list tells that it must leave, and its hosts may be private now
		}
		if unserved := seen.unservedHosts(visibility); unserved.Len() > 0 && !seen.mustLeave(route, visibility) {
			hosts = hosts.Union(unserved)
		}
	}
	return hosts.Intersection(sets.New(route.Spec.Hostnames...))
}

// keptParents are what routes are attached to that stay as they are, as a whole or for some
// hosts.
func (seen *observed) keptParents(each func(*gatewayv1.HTTPRoute, gatewayv1.ParentReference)) {
	compared := map[string]bool{}
	for _, route := range seen.currentRoutes() {
		compared[route.Name] = seen.keptHosts(route).Len() == 0
	}
	for _, name := range slices.Sorted(maps.Keys(seen.routes)) {
		for _, parent := range seen.routes[name].Spec.ParentRefs {
			if !compared[name] {
				each(seen.routes[name], parent)
			}
		}
	}
}
