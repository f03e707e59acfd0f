// SPDX-License-Identifier: Apache-2.0

package status

import (
	"cmp"
	"encoding/json"
	"slices"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/keys"
)

// ReportedAnnotation, in the status of a KIngress, is what this controller reported. If the status differs from
// it, another class's plugin has written it since.
const ReportedAnnotation = keys.Prefix + "reported"

// reported are the fields that a plugin that takes over writes differently.
type reported struct {
	Generation int64 `json:"generation"`
	// Public and Private are the load balancers' addresses.
	Public  []string `json:"public,omitempty"`
	Private []string `json:"private,omitempty"`
}

// recordReported writes the annotation.
func recordReported(status *v1alpha1.IngressStatus) {
	encoded, err := json.Marshal(reported{
		Generation: status.ObservedGeneration,
		Public:     addressesOf(status.PublicLoadBalancer), Private: addressesOf(status.PrivateLoadBalancer),
	})
	if err != nil { // strings and numbers always marshal
		panic(err)
	}
	annotate(status, ReportedAnnotation, string(encoded))
}

// TakenOver tells whether the plugin of the new class of a KIngress serves it: the plugin has published
// other load balancers than this controller, or observed a later generation (SPEC B-INS-9). Until then no
// plugin may serve it at all: the class may be a typing error, or its plugin not installed.
func TakenOver(status v1alpha1.IngressStatus) bool {
	ours := reported{}
	if err := json.Unmarshal([]byte(status.Annotations[ReportedAnnotation]), &ours); err != nil {
		return takenOverUnsigned(status)
	}
	return status.ObservedGeneration > ours.Generation ||
		isOther(status.PublicLoadBalancer, ours.Public) || isOther(status.PrivateLoadBalancer, ours.Private)
}

// takenOverUnsigned is TakenOver for a status without the annotation: an older release of this controller
// has written it, with proofs, or another plugin.
func takenOverUnsigned(status v1alpha1.IngressStatus) bool {
	proofs := ProofsOf(status)
	for _, proof := range proofs {
		if status.ObservedGeneration > proof.Generation {
			return true
		}
	}
	return len(proofs) == 0 && len(addressesOf(status.PublicLoadBalancer))+len(addressesOf(status.PrivateLoadBalancer)) > 0
}

// isOther tells whether a load balancer is published that is not this controller's.
func isOther(published *v1alpha1.LoadBalancerStatus, ours []string) bool {
	addresses := addressesOf(published)
	return len(addresses) > 0 && !slices.Equal(addresses, ours)
}

// addressesOf are those of a load balancer, in order.
func addressesOf(balancer *v1alpha1.LoadBalancerStatus) []string {
	if balancer == nil {
		return nil
	}
	found := make([]string, 0, len(balancer.Ingress))
	for _, ingress := range balancer.Ingress {
		mesh := ""
		if ingress.MeshOnly {
			mesh = "mesh"
		}
		if address := cmp.Or(ingress.IP, ingress.Domain, ingress.DomainInternal, mesh); address != "" {
			found = append(found, address)
		}
	}
	slices.Sort(found)
	return found
}
