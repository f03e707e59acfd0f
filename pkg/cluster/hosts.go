// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"strings"

	"knative.dev/networking/pkg/apis/networking"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/watch"
)

// NotOurRoutes is the scope of the HTTPRoutes without the label of those of KIngresses.
var NotOurRoutes = watch.Scope{Kind: OthersRoutes, Labels: "!" + networking.IngressLabelKey}

// atHost is the index of HTTPRoutes, of KIngresses and of others, by their hostnames and by each wildcard that covers one
// of these.
const atHost = "host"

func hostsOf(object any) ([]string, error) {
	route, ok := object.(*gatewayv1.HTTPRoute)
	if !ok {
		return nil, nil
	}
	hosts := []string{}
	for _, hostname := range route.Spec.Hostnames {
		hosts = append(hosts, HostAndWildcards(string(hostname))...)
	}
	return hosts, nil
}

// HostAndWildcards are a host and the wildcards that cover it.
func HostAndWildcards(host string) []string {
	found := []string{host}
	for _, rest, more := strings.Cut(host, "."); more; _, rest, more = strings.Cut(rest, ".") {
		if wildcard := "*." + rest; wildcard != host {
			found = append(found, wildcard)
		}
	}
	return found
}

// RoutesAt returns the HTTPRoutes, of KIngresses and of others, that have a host among their hostnames; for a wildcard,
// also those that have a hostname which it covers.
func (c Cluster) RoutesAt(ctx context.Context, host string) ([]*gatewayv1.HTTPRoute, error) {
	found := []*gatewayv1.HTTPRoute{}
	for _, scope := range []watch.Scope{NotOurRoutes, OurRoutes} {
		store, err := c.Ensure(ctx, scope)
		if err != nil {
			return nil, err
		}
		objects, err := store.ByIndex(atHost, host)
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if route, ok := object.(*gatewayv1.HTTPRoute); ok {
				found = append(found, route)
			}
		}
	}
	return found, nil
}
