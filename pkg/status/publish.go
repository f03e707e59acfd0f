// SPDX-License-Identifier: Apache-2.0

package status

import (
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// Note is what a condition that is True still has to say.
type Note struct {
	Reason, Message string
}

func (f Facts) networkNote() Note {
	return Note{Reason: ReasonUnsupported, Message: strings.Join(f.Notes, "; ")}
}

func (f Facts) loadBalancerNote() Note {
	for _, side := range f.Sides {
		if side.Needed && side.Exposure != "" {
			return Note{Reason: ReasonLocalGatewayExposed, Message: "cluster-local hosts are reachable from outside: Gateway " +
				side.Entry.Gateway.String() + " of " + side.Entry.String() + ": " + side.Exposure}
		}
	}
	return Note{}
}

// publish sets the load balancers. The sides are independent: each is published
// once it is proven, and stays while it is not (SPEC B-RDY-5). A side without rules
// is published when it has an address, because Serving and the conformance suite
// look at both.
func publish(status *v1alpha1.IngressStatus, sides []Side) {
	for _, side := range sides {
		target := &status.PublicLoadBalancer
		if side.Visibility == v1alpha1.IngressVisibilityClusterLocal {
			target = &status.PrivateLoadBalancer
		}
		switch {
		case len(side.LoadBalancer) > 0 && (!side.Needed || side.blocker() == nil):
			*target = &v1alpha1.LoadBalancerStatus{Ingress: side.LoadBalancer}
		case side.Refusal != nil:
			*target = nil
		}
	}
}
