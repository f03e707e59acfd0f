// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// advisories are those of a condition that nothing blocks.
func (f Facts) advisories(condition apis.ConditionType) []Advisory {
	if condition == network {
		return slices.Concat(f.Advisories, f.degraded())
	}
	found := []Advisory{}
	for _, side := range f.Sides {
		if side.Needed && side.Exposure != "" {
			found = append(found, Advisory{Reason: conditions.ReasonLocalGatewayExposed, Message: fmt.Sprintf(
				"cluster-local hosts are reachable from outside: Gateway %s of %s: %s", side.Entry.Gateway, side.Entry, side.Exposure)})
		}
		if side.Needed && side.Published && side.MissingPort != nil {
			found = append(found, Advisory{Reason: conditions.ReasonGatewayUnsuitable, Message: side.unsuitable()})
		}
	}
	return found
}

// degraded are the advisories of routes with a weaker proof.
func (f Facts) degraded() []Advisory {
	found := []Advisory{}
	for _, side := range f.Sides {
		for _, route := range side.Routes {
			if route.Degraded != "" {
				found = append(found, Advisory{Reason: conditions.ReasonProbeDegraded, Message: fmt.Sprintf("HTTPRoute %s: %s", route.Name, route.Degraded)})
			}
		}
	}
	return found
}

// complaints are the negative conditions of Gateways whose proxies answer nevertheless. They are not in a
// condition, because each change would be a write for each service of the Gateway.
func (f Facts) complaints() []Advisory {
	found := []Advisory{}
	for _, side := range f.Sides {
		if !side.Needed || side.Blocker() != nil {
			continue
		}
		if complaint := Complaint(side.Gateway); complaint != "" {
			found = append(found, Advisory{Reason: conditions.ReasonGatewayNotProgrammed, Message: complaint + "; its data plane answers"})
		}
	}
	return found
}

// publish sets the load balancers. The sides are independent: each is published
// once it is proven, and stays published afterwards (SPEC B-RDY-5). A side without rules
// is published when it has an address, because Serving and the conformance suite
// look at both. Only [] in config-gateway takes an address back; while what is wanted is not known, it
// stays (SPEC B-INS-9).
func publish(status *v1alpha1.IngressStatus, sides []Side) {
	for _, side := range sides {
		target := side.loadBalancer(status)
		switch {
		case side.Unserved:
			*target = side.meshOnly()
		case side.Preserved:
		case len(side.LoadBalancer) > 0 && (!side.Needed || side.Blocker() == nil):
			*target = &v1alpha1.LoadBalancerStatus{Ingress: side.LoadBalancer}
		}
	}
}

// loadBalancer is the field for the side's address.
func (s Side) loadBalancer(status *v1alpha1.IngressStatus) **v1alpha1.LoadBalancerStatus {
	if s.Visibility == v1alpha1.IngressVisibilityClusterLocal {
		return &status.PrivateLoadBalancer
	}
	return &status.PublicLoadBalancer
}

// IsPublished tells that a status reports the generation as Ready with the side's address.
func (s Side) IsPublished(status v1alpha1.IngressStatus, generation int64) bool {
	published := *s.loadBalancer(&status)
	return IsSettled(status, generation) && published != nil && slices.Equal(published.Ingress, s.LoadBalancer)
}

// meshOnly is published for a side that the operator does not want to be served. Without a load balancer,
// Serving would lead callers in the cluster to the public gateway. For MeshOnly it creates a Service
// without endpoints, which refuses them (SPEC B-INS-3).
func (s Side) meshOnly() *v1alpha1.LoadBalancerStatus {
	if s.Visibility != v1alpha1.IngressVisibilityClusterLocal {
		return nil
	}
	return &v1alpha1.LoadBalancerStatus{Ingress: []v1alpha1.LoadBalancerIngressStatus{{MeshOnly: true}}}
}
