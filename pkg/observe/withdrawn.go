// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/selection"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// Remaining is the part of a route that may stay as it is stored, and whether that is less than the
// whole. On a Gateway that is reserved for other namespaces a route may stay for the drain time, which
// begins when its removal was not possible at once.
func (o *Observation) Remaining(route *gatewayv1.HTTPRoute) (*gatewayv1.HTTPRoute, bool) {
	hosts, parents, begins := sets.New(route.Spec.Hostnames...), []gatewayv1.ParentReference{}, false
	for _, parent := range route.Spec.ParentRefs {
		if o.isReserved(route, parent) {
			state := rollout.Decode(route.Annotations[rollout.Annotation])
			switch {
			case state != nil && state.Moving == nil:
				begins = true
			case state == nil || !o.Now.Before(state.Moving.Add(o.State.Config.Drain)):
				continue
			}
		}
		parents = append(parents, parent)
		if o.isPublic(route, parent) {
			hosts = hosts.Intersection(o.HostsAt(v1alpha1.IngressVisibilityExternalIP))
		}
	}
	if !begins && len(parents) == len(route.Spec.ParentRefs) && hosts.Len() == len(route.Spec.Hostnames) {
		return nil, false
	}
	left := routes.PartOf(route, hosts)
	left.Spec.ParentRefs = parents
	if state := rollout.Decode(left.Annotations[rollout.Annotation]); begins {
		state.Moving = new(o.Now.UTC().Truncate(time.Second))
		left.Annotations[rollout.Annotation] = state.Encode()
	}
	return left, true
}

// isPublic tells whether a parent is on a Gateway that config-gateway lists for external hosts and not
// for cluster-local ones. If neither list has the Gateway, the label of the route decides.
func (o *Observation) isPublic(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) bool {
	gateway := o.gatewayBehind(route, parent)
	_, external := o.State.Config.Entry(v1alpha1.IngressVisibilityExternalIP, gateway)
	_, local := o.State.Config.Entry(v1alpha1.IngressVisibilityClusterLocal, gateway)
	own, labelled := names.VisibilityOf(route)
	return !local && (external || labelled && own == v1alpha1.IngressVisibilityExternalIP)
}

// isReserved tells whether a parent is on a Gateway that is only for other namespaces than the
// KIngress's.
func (o *Observation) isReserved(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) bool {
	reserved := false
	for _, visibility := range config.Visibilities {
		if entry, known := o.State.Config.Entry(visibility, o.gatewayBehind(route, parent)); known {
			if selection.Admits(entry, o.Namespace.Labels) {
				return false
			}
			reserved = true
		}
	}
	return reserved
}
