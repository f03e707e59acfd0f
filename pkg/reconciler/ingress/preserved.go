// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// preserved is what stays as it stands though it is not rendered. While a side cannot be served
// because something that it names is wrong, or backends ask for TLS that cannot be had, the routes
// of these hosts stay: a mistake, or a Gateway that comes back, must not cost traffic.
type preserved struct {
	// routes are those that stay as a whole, by name.
	routes sets.Set[string]
	// parts are routes as they stand for those of their hosts that cannot be rendered, where the
	// others can: these get routes of their own.
	parts []*gatewayv1.HTTPRoute
	// listenerSets and gateways are what all of these are attached to.
	listenerSets sets.Set[string]
	gateways     sets.Set[types.NamespacedName]
}

// preserve finds what stays beside what is desired.
func (seen *observed) preserve(desired translate.Desired) preserved {
	found := preserved{routes: sets.New[string](), listenerSets: sets.New[string](), gateways: sets.New[types.NamespacedName]()}
	unserved, taken := map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]{}, sets.New[string]()
	for _, visibility := range config.Visibilities {
		unserved[visibility] = seen.unservedHosts(visibility, desired.Withheld)
	}
	for _, route := range desired.Routes {
		taken.Insert(route.Object.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(seen.routes)) {
		route := seen.routes[name]
		hosts := seen.unrendered(route, unserved)
		switch {
		case seen.staysWhole(route, unserved):
			found.routes.Insert(name)
		case hosts.Len() == 0:
			continue
		case route.DeletionTimestamp == nil:
			part := translate.PartOf(route, hosts)
			translate.Renamed(part, func(other string) bool { return taken.Has(other) || other != name && seen.routes[other] != nil })
			taken.Insert(part.Name)
			found.parts = append(found.parts, part)
		}
		for _, parent := range route.Spec.ParentRefs {
			if found.gateways.Insert(seen.gatewayOf(route, parent)); dataplane.IsListenerSet(parent) {
				found.listenerSets.Insert(string(parent.Name))
			}
		}
	}
	return found
}

// staysWhole tells whether a route stays as it is, with all its hosts.
func (seen *observed) staysWhole(route *gatewayv1.HTTPRoute, unserved map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]) bool {
	return slices.ContainsFunc(config.Visibilities, func(visibility v1alpha1.IngressVisibility) bool {
		if seen.sides[visibility].unsaid {
			return seen.standsFor(route, visibility)
		}
		return len(route.Spec.Hostnames) > 0 && unserved[visibility].HasAll(route.Spec.Hostnames...) && !seen.mustLeave(route, visibility)
	})
}

// unrendered are the hosts of a route that cannot be rendered and may stay where it is.
func (seen *observed) unrendered(route *gatewayv1.HTTPRoute, unserved map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	stood, _ := translate.VisibilityOf(route)
	for _, visibility := range config.Visibilities {
		if seen.sides[visibility].unsaid && stood != visibility {
			continue // no list tells that it must leave, and its hosts may be private now
		}
		if unserved[visibility].Len() > 0 && !seen.mustLeave(route, visibility) {
			hosts = hosts.Union(unserved[visibility])
		}
	}
	return hosts.Intersection(sets.New(route.Spec.Hostnames...))
}

// unservedHosts are the hosts of a side that cannot be served though they should be, those that are
// withheld among them.
func (seen *observed) unservedHosts(visibility v1alpha1.IngressVisibility, withheld sets.Set[translate.HostAt]) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	for at := range withheld {
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
	return slices.ContainsFunc(route.Spec.ParentRefs, func(parent gatewayv1.ParentReference) bool {
		gateway := seen.gatewayOf(route, parent)
		return seen.expels(gateway, visibility) || seen.reserved(gateway, visibility)
	})
}
