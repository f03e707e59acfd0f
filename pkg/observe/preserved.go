// SPDX-License-Identifier: Apache-2.0

package observe

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
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// Preserved are objects that stay as they are stored, although they are not rendered. If a side cannot be
// served, because something that it names is wrong, or if there can be no TLS to backends that ask for
// it, the routes of these hosts stay: neither a mistake nor a Gateway that is deleted and created again
// may cost traffic.
type Preserved struct {
	// Routes are the HTTPRoutes that stay as a whole, by name.
	Routes sets.Set[string]
	// Parts are stored HTTPRoutes, cut to the hosts that cannot be rendered. Their other hosts are
	// rendered on routes of their own.
	Parts []*gatewayv1.HTTPRoute
	// ListenerSets and Gateways are those to which all these routes are attached.
	ListenerSets sets.Set[string]
	Gateways     sets.Set[types.NamespacedName]
}

// Preserve finds the objects that stay besides the desired ones.
func (o *Observation) Preserve(desired translate.Desired) Preserved {
	found := Preserved{Routes: sets.New[string](), ListenerSets: sets.New[string](), Gateways: sets.New[types.NamespacedName]()}
	unserved, taken := map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]{}, sets.New[string]()
	for _, visibility := range config.Visibilities {
		unserved[visibility] = o.unservedHosts(visibility, desired.PreservedHosts)
	}
	for _, object := range desired.Objects() {
		taken.Insert(object.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Routes)) {
		route := o.Routes[name]
		hosts := o.unrendered(route, unserved)
		switch {
		case names.IsAttached(name) && taken.Has(name): // it is rendered for the hosts of another side
			continue
		case o.staysWhole(route, unserved):
			found.Routes.Insert(name)
		case hosts.Len() == 0:
			continue
		case route.DeletionTimestamp == nil:
			part := routes.PartOf(route, hosts)
			routes.Renamed(part, func(other string) bool { return taken.Has(other) || other != name && o.Routes[other] != nil })
			taken.Insert(part.Name)
			found.Parts = append(found.Parts, part)
		}
		for _, parent := range route.Spec.ParentRefs {
			if found.Gateways.Insert(o.gatewayBehind(route, parent)); dataplane.IsListenerSet(parent) {
				found.ListenerSets.Insert(string(parent.Name))
			}
		}
	}
	return found
}

// staysWhole tells whether a route stays as it is stored, with all its hosts.
func (o *Observation) staysWhole(route *gatewayv1.HTTPRoute, unserved map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]) bool {
	return slices.ContainsFunc(config.Visibilities, func(visibility v1alpha1.IngressVisibility) bool {
		if o.Sides[visibility].ListAbsent {
			return o.isOfSide(route, visibility)
		}
		return len(route.Spec.Hostnames) > 0 && unserved[visibility].HasAll(route.Spec.Hostnames...) && !o.mustLeave(route, visibility)
	})
}

// unrendered are the hosts of a route that cannot be rendered and may stay on its Gateway.
func (o *Observation) unrendered(route *gatewayv1.HTTPRoute, unserved map[v1alpha1.IngressVisibility]sets.Set[gatewayv1.Hostname]) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	stood, _ := names.VisibilityOf(route)
	for _, visibility := range config.Visibilities {
		if o.Sides[visibility].ListAbsent && stood != visibility {
			continue // no list tells that it must leave, and its hosts may be private now
		}
		if unserved[visibility].Len() > 0 && !o.mustLeave(route, visibility) {
			hosts = hosts.Union(unserved[visibility])
		}
	}
	return hosts.Intersection(sets.New(route.Spec.Hostnames...))
}

// unservedHosts are the hosts of a side that should be served and cannot be, with those that the
// translation preserves.
func (o *Observation) unservedHosts(visibility v1alpha1.IngressVisibility, preserved sets.Set[input.HostAt]) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	for at := range preserved {
		if at.Visibility == visibility {
			hosts.Insert(gatewayv1.Hostname(at.Host))
		}
	}
	side, known := o.Sides[visibility]
	if !known || side.Serves() || side.Unserved {
		return hosts
	}
	return hosts.Union(o.HostsAt(visibility))
}

// mustLeave tells whether a route must not stay on its Gateway (SPEC B-SEL-7, B-SEL-3).
func (o *Observation) mustLeave(route *gatewayv1.HTTPRoute, visibility v1alpha1.IngressVisibility) bool {
	return slices.ContainsFunc(route.Spec.ParentRefs, func(parent gatewayv1.ParentReference) bool {
		gateway := o.gatewayBehind(route, parent)
		return o.forbidden(gateway, visibility) || o.reserved(gateway, visibility)
	})
}
