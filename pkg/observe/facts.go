// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// Warmed names the routes whose new backends have all answered. An answer counts only if the stored
// HTTPRoute is the one that was asked about.
func (o *Observation) Warmed(desired translate.Desired, answered func(routes.Route) bool) sets.Set[string] {
	found := sets.New[string]()
	for _, route := range desired.All() {
		if len(route.Warming) > 0 && o.IsWritten(route) && answered(route) {
			found.Insert(route.Object.Name)
		}
	}
	return found
}

// Answered names the routes for HTTPRoutes of users that are served in this version, as far as this decides
// what is rendered: those that retain backends.
func (o *Observation) Answered(desired translate.Desired, answered func(routes.Route) bool) sets.Set[string] {
	found := sets.New[string]()
	for _, attached := range desired.Attached {
		for _, route := range attached.Routes {
			if route.Retains() && len(route.Warming) == 0 && o.IsWritten(route) && answered(route) {
				found.Insert(route.Object.Name)
			}
		}
	}
	return found
}

// IsWritten tells whether the stored HTTPRoute of a route has the wanted version: the API server may have
// refused the write, or it may have failed (SPEC B-RDY-1).
func (o *Observation) IsWritten(route routes.Route) bool {
	stored := o.Routes[route.Object.Name]
	return stored != nil && stored.Annotations[rollout.Annotation] == route.Object.Annotations[rollout.Annotation]
}

// Failures say what is wrong with the KIngress as a whole, or with parts of it.
func (o *Observation) Failures(desired translate.Desired) []conditions.Reasoned {
	_, failures := o.conflictingHosts()
	for _, refusal := range desired.Refusals {
		failures = append(failures, refusal)
	}
	return failures
}

// Advisories are the messages for a condition that is True.
func (o *Observation) Advisories(desired translate.Desired, sides []status.Side) []status.Advisory {
	found := []status.Advisory{}
	for _, gap := range desired.Gaps {
		found = append(found, status.Advisory{Reason: conditions.ReasonUnsupported, Message: gap.String()})
	}
	for _, side := range sides {
		if side.Unserved && !side.Needed && o.Needs(side.Visibility) {
			found = append(found, status.Advisory{Reason: side.Refusal.Reason(), Message: side.Refusal.Error()})
		}
		if without := o.Sides[side.Visibility].withoutService(); without != "" {
			found = append(found, status.Advisory{Reason: conditions.ReasonServiceNotFound, Message: without})
		}
	}
	return found
}

// Side is what pkg/status needs to know of a side, without the proofs.
func (o *Observation) Side(visibility v1alpha1.IngressVisibility, desired translate.Desired) status.Side {
	observed := o.Sides[visibility]
	side := status.Side{
		Visibility: visibility,
		Needed:     o.Needs(visibility),
		Entry:      observed.Entry,
		Gateway:    observed.Gateway,
		Refusal:    observed.Refusal,
		Unserved:   observed.Unserved,
		NoClass:    observed.NoClass,
		Controller: observed.Controller(),
		Version:    desired.Version(visibility),
		Listeners:  o.listeners(visibility, desired),
	}
	proof, proven := status.ProofsOf(o.Ingress.Status)[visibility]
	side.Former = proven && !proof.Partial && proof.Generation == o.Ingress.Generation && proof.Version != side.Version && side.NoClass == nil
	side.Held = side.Former
	side.ReportedReady = o.allHostsServed(side, desired.PreservedHosts)
	for _, route := range desired.Routes {
		if route.Visibility == visibility {
			side.Leaving = side.Leaving || len(route.Leaving) > 0
			side.Held = side.Held && (len(route.Leaving) > 0 || len(route.Warming) > 0)
		}
	}
	if observed.Preserved {
		side.Needed, side.Preserved = false, true
	}
	if side.Unserved && visibility == v1alpha1.IngressVisibilityClusterLocal && o.Needs(v1alpha1.IngressVisibilityExternalIP) {
		side.Needed = false // the rest of it is served
	}
	o.publish(&side)
	side.Published = side.IsPublished(o.Ingress.Status, o.Ingress.Generation)
	return side
}

// listeners are the facts about the HTTPS listeners of a side.
func (o *Observation) listeners(visibility v1alpha1.IngressVisibility, desired translate.Desired) []status.Listener {
	found := make([]status.Listener, 0, len(desired.Listeners))
	for _, listener := range desired.Listeners {
		if listener.Visibility != visibility {
			continue
		}
		fact := status.Listener{
			Host: listener.Host, Secret: types.NamespacedName{Namespace: o.Ingress.Namespace, Name: listener.Secret},
			SetName: listener.Set, Set: o.ListenerSets[listener.Set], Name: gatewayv1.SectionName(listener.Name), Awaited: listener.Awaited, Overlaid: listener.Overlaid,
		}
		if listener.Set == "" {
			fact.Gateway = o.Gateways[o.Sides[visibility].Entry.Gateway]
		}
		found = append(found, fact)
	}
	return found
}

// allHostsServed tells, if the GatewayClass of a side is not known and the KIngress is settled, whether
// each host of the side still has a route (SPEC B-INS-9).
func (o *Observation) allHostsServed(side status.Side, preserved sets.Set[input.HostAt]) bool {
	if side.NoClass == nil || !status.IsSettled(o.Ingress.Status, o.Ingress.Generation) {
		return false
	}
	hosts := o.unservedHosts(side.Visibility, preserved)
	for _, route := range o.Routes {
		if !names.IsAttached(route.Name) {
			hosts.Delete(route.Spec.Hostnames...)
		}
	}
	return len(hosts) == 0
}

// withoutService says that the Service of the entry does not exist, and what is used instead; empty if it
// exists.
func (s Side) withoutService() string {
	named := s.Entry.Service
	switch {
	case named.Name == "" || s.Gateway == nil || s.Service != nil && s.Service.Name == named.Name && s.Service.Namespace == named.Namespace:
		return ""
	case s.Service != nil:
		return fmt.Sprintf("Service %s, which %s names, does not exist; using Service %s/%s, whose name is published", named, s.Entry, s.Service.Namespace, s.Service.Name)
	}
	return fmt.Sprintf("Service %s, which %s names, does not exist; using what Gateway %s publishes", named, s.Entry, s.Entry.Gateway)
}

// publish decides which address a side publishes, and which one it publishes once that has answered. A
// Service that does not exist for a moment does not make it publish an address in place of the Service's
// name.
func (o *Observation) publish(side *status.Side) {
	observed := o.Sides[side.Visibility]
	if observed.Gateway == nil {
		return
	}
	proofs := status.ProofsOf(o.Ingress.Status)
	published, proven := observed.Published, proofs.Of(side.Visibility, o.Ingress.Generation, side.Version)
	if side.Needed {
		published.Here = proven || proofs[side.Visibility].Gateway == side.Entry.Gateway.String()
	} else {
		published.Here = status.IsSettled(o.Ingress.Status, o.Ingress.Generation)
	}
	side.LoadBalancer, side.Next = published.Next(observed.Gateway, observed.Service)
	switch {
	case len(side.Next) == 0:
	case side.Next[0].DomainInternal == "" && observed.Absent < status.GraceWhenReady:
		side.Next = nil
	case !proven: // an answer from there proves it
		side.LoadBalancer, side.Next = side.Next, nil
	}
}

// Exposure says how a cluster-local side can be reached from outside the cluster at its published
// address; empty if it cannot.
func (o *Observation) Exposure(side status.Side) string {
	observed := o.Sides[side.Visibility]
	if side.Visibility != v1alpha1.IngressVisibilityClusterLocal {
		return ""
	}
	if _, shared := o.State.Config.Entry(v1alpha1.IngressVisibilityExternalIP, observed.Entry.Gateway); shared {
		return config.ExternalGateways + " names it, too"
	}
	return dataplane.Exposure(observed.Gateway, observed.Service, side.LoadBalancer)
}
