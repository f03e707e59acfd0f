// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// routesOf lists the HTTPRoutes of a namespace.
func routesOf(t *testing.T, space *fixture.Space) []*gatewayv1.HTTPRoute {
	t.Helper()
	routes, err := cluster.HTTPRoutes.List(t.Context(), space.Cluster, space.Name, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return routes
}

// userRoute is an HTTPRoute as a user writes it: one host on the Gateway blue.
func userRoute(space *fixture.Space, name, host, backend string) *gatewayv1.HTTPRoute {
	gateways, port := gatewayv1.Namespace(world.Shared("blue").Namespace), gatewayv1.PortNumber(80)
	ref := gatewayv1.HTTPBackendRef{}
	ref.Name, ref.Port = gatewayv1.ObjectName(backend), &port
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: name}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Namespace: &gateways, Name: "blue"}}
	route.Spec.Hostnames = []gatewayv1.Hostname{gatewayv1.Hostname(host)}
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{ref}}}
	return route
}

// touched tells whether anybody but the gateway's controller and the tests has
// written the route since it was created.
func touched(before, now *gatewayv1.HTTPRoute) error {
	if before.UID != now.UID || before.Generation != now.Generation {
		return fmt.Errorf("it was %s of generation %d, and is %s of %d", before.UID, before.Generation, now.UID, now.Generation)
	}
	for _, entry := range now.ManagedFields {
		if entry.Subresource == "" && entry.Manager != cluster.FieldManager {
			return fmt.Errorf("%s wrote to it", entry.Manager)
		}
	}
	return nil
}
