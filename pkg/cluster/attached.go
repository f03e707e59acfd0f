// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// The indexes of HTTPRoutes of users whose parent is a Knative object: by that object, and by the Services to
// which they lead. Such a route may have any labels, so it is in one of two scopes.
const (
	atFrontend = "frontend"
	atBacking  = "backing"
)

var routeScopes = []watch.Scope{NotOurRoutes, OurRoutes}

func frontendsOf(object any) ([]string, error) {
	route, ok := object.(*gatewayv1.HTTPRoute)
	if !ok {
		return nil, nil
	}
	var found []string
	for _, frontend := range attached.Frontends(route) {
		found = append(found, frontend.String())
	}
	return found, nil
}

func backingsOf(object any) ([]string, error) {
	route, ok := object.(*gatewayv1.HTTPRoute)
	if !ok || len(attached.Frontends(route)) == 0 {
		return nil, nil
	}
	var found []string
	for _, name := range attached.Backings(route) {
		found = append(found, types.NamespacedName{Namespace: route.Namespace, Name: name}.String())
	}
	return found, nil
}

// Attached returns the HTTPRoutes that name a frontend as a parent, or of which their status says so.
func (c Cluster) Attached(ctx context.Context, frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error) {
	var found []*gatewayv1.HTTPRoute
	for _, scope := range routeScopes {
		store, err := c.Ensure(ctx, scope)
		if err != nil {
			return nil, err
		}
		if found, err = under(found, store, atFrontend, frontend.String()); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ShownFrontends are the parents of the HTTPRoutes that lead to a Service, among those that informers show
// now. It does not wait.
func (c Cluster) ShownFrontends(service types.NamespacedName) []attached.Frontend {
	var routes []*gatewayv1.HTTPRoute
	for _, scope := range routeScopes {
		if store, listed := c.Listed(scope); listed {
			routes, _ = under(routes, store, atBacking, service.String()) // an index that there is
		}
	}
	var found []attached.Frontend
	for _, route := range routes {
		found = append(found, attached.Frontends(route)...)
	}
	return found
}

func under(found []*gatewayv1.HTTPRoute, store cache.Indexer, index, value string) ([]*gatewayv1.HTTPRoute, error) {
	objects, err := store.ByIndex(index, value)
	for _, object := range objects {
		if route, ok := object.(*gatewayv1.HTTPRoute); ok {
			found = append(found, route)
		}
	}
	return found, err
}

// ShownAttached is Attached among what informers show now. It does not wait.
func (c Cluster) ShownAttached(frontend attached.Frontend) []*gatewayv1.HTTPRoute {
	var routes []*gatewayv1.HTTPRoute
	for _, scope := range routeScopes {
		if store, listed := c.Listed(scope); listed {
			routes, _ = under(routes, store, atFrontend, frontend.String())
		}
	}
	return routes
}
