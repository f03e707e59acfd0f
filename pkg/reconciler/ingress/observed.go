// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// clone is a copy of what was observed whose maps of the KIngress's own objects may be changed.
func (seen *observed) clone() *observed {
	copied := *seen
	copied.routes, copied.listenerSets, copied.policies = maps.Clone(seen.routes), maps.Clone(seen.listenerSets), maps.Clone(seen.policies)
	copied.gatewaysSeen, copied.grants = maps.Clone(seen.gatewaysSeen), maps.Clone(seen.grants)
	return &copied
}

// input is what the translation depends on, but for what has answered.
func (seen *observed) input() translate.Input {
	lost, _ := seen.lostHosts()
	in := translate.Input{
		Ingress:  seen.ingress,
		Gateways: seen.gateways(),
		Services: seen.services,
		Mapped:   seen.mapped,
		Lost:     lost,
		Routes:   seen.routes,
		Served:   seen.served,
		Moves:    seen.moves(),

		ListenerSets:   seen.listenerSets,
		NoListenerSets: seen.noListenerSets,
		Sharers:        seen.sharers,
		Standing:       seen.standing(),
		Grants:         seen.grants,
		Trust:          seen.trust,
	}
	if seen.namespace != nil {
		in.Namespace = seen.namespace
	}
	return in
}

func (seen *observed) gateways() map[v1alpha1.IngressVisibility]translate.Gateway {
	selected := map[v1alpha1.IngressVisibility]translate.Gateway{}
	for visibility, side := range seen.sides {
		if !side.serves() {
			continue
		}
		controllerName, https := string(side.controller()), seen.https(side)
		selected[visibility] = translate.Gateway{
			Name:    side.entry.Gateway,
			Warms:   features.Warms(controllerName),
			Merges:  features.Merges(controllerName),
			Section: side.entry.HTTPListener,
			HTTPS:   https,

			HTTPListeners: seen.attachment(side).HTTPListeners(),
			ClientPorts:   side.clientPorts(https.Port),
			Features:      features.Supported(controllerName, side.class, side.entry.Features),
		}
	}
	return selected
}

// lostHosts are the hosts that an older KIngress has on the same Gateway. A conflict
// is per host and Gateway: the other hosts are served (SPEC B-TRN-5).
func (seen *observed) lostHosts() (sets.Set[translate.HostAt], []conditions.Reasoned) {
	lost := sets.New[translate.HostAt]()
	conflicts := []conditions.Reasoned{}
	for _, rule := range seen.ingress.Spec.Rules {
		visibility := translate.Visibility(rule)
		for _, host := range rule.Hosts {
			at := translate.HostAt{Visibility: visibility, Host: host}
			if seen.doubled(at) {
				lost.Insert(at)
			} else if holder := seen.holder(at); holder != nil && !lost.Has(at) {
				lost.Insert(at)
				conflicts = append(conflicts, newHostConflict(host, seen.ingress, holder))
			}
		}
	}
	return lost, conflicts
}

func (seen *observed) holder(at translate.HostAt) *v1alpha1.Ingress {
	side := seen.sides[at.Visibility]
	if side.refusal != nil {
		return nil
	}
	for _, rival := range seen.rivals {
		for _, rule := range rival.ingress.Spec.Rules {
			if rival.gateways[translate.Visibility(rule)] == side.entry.Gateway && slices.Contains(rule.Hosts, at.Host) {
				return rival.ingress
			}
		}
	}
	return nil
}

// doubled tells of a cluster-local host that the KIngress has as an external one, too, on
// one Gateway for both: of two HTTPRoutes for it only one would be served, so the external
// rule serves it alone.
func (seen *observed) doubled(at translate.HostAt) bool {
	external, local := seen.sides[v1alpha1.IngressVisibilityExternalIP], seen.sides[v1alpha1.IngressVisibilityClusterLocal]
	return at.Visibility == v1alpha1.IngressVisibilityClusterLocal && external.refusal == nil && local.refusal == nil &&
		external.entry.Gateway == local.entry.Gateway && seen.hostsAt(v1alpha1.IngressVisibilityExternalIP).Has(gatewayv1.Hostname(at.Host))
}

// facts is what status needs to know, but for the times.
func (a *attempt) facts(proven proofs) status.Facts {
	seen := a.stands
	_, failures := seen.lostHosts()
	for _, refusal := range a.desired.Refusals {
		failures = append(failures, refusal)
	}
	for _, refusal := range a.refused {
		failures = append(failures, refusal)
	}
	notes := []status.Note{}
	for _, gap := range a.desired.Gaps {
		notes = append(notes, status.Note{Reason: conditions.ReasonUnsupported, Message: gap.String()})
	}
	for _, side := range proven.sides {
		if side.Unserved && !side.Needed && seen.needs(side.Visibility) {
			notes = append(notes, status.Note{Reason: side.Refusal.Reason(), Message: side.Refusal.Error()})
		}
		if without := seen.sides[side.Visibility].withoutService(); without != "" {
			notes = append(notes, status.Note{Reason: conditions.ReasonServiceNotFound, Message: without})
		}
	}
	return status.Facts{Failures: failures, Unexpected: a.err, Sides: proven.sides, Notes: notes, InLine: proven.inLine}
}

func (seen *observed) side(visibility v1alpha1.IngressVisibility, desired translate.Desired) status.Side {
	observed := seen.sides[visibility]
	side := status.Side{
		Visibility: visibility,
		Needed:     seen.needs(visibility),
		Entry:      observed.entry,
		Gateway:    observed.gateway,
		Refusal:    observed.refusal,
		Unserved:   observed.unserved,
		NoClass:    observed.noClass,
		Controller: observed.controller(),
		Version:    desired.Version(visibility),
		Listeners:  seen.listeners(visibility, desired),
	}
	proof, proven := status.ProofsOf(seen.ingress.Status)[visibility]
	side.Former = proven && proof.Generation == seen.ingress.Generation && proof.Version != side.Version && side.NoClass == nil
	side.Held = side.Former
	side.Stands = seen.standsAll(side, desired.Withheld)
	for _, route := range desired.Routes {
		if route.Visibility == visibility {
			side.Leaving = side.Leaving || len(route.Leaving) > 0
			side.Held = side.Held && (len(route.Leaving) > 0 || len(route.Making) > 0)
		}
	}
	if observed.kept {
		side.Needed, side.Kept = false, true
	}
	if side.Unserved && visibility == v1alpha1.IngressVisibilityClusterLocal && seen.needs(v1alpha1.IngressVisibilityExternalIP) {
		side.Needed = false // the rest of it is served
	}
	seen.publish(&side)
	side.Published = side.IsPublished(seen.ingress.Status, seen.ingress.Generation)
	return side
}

func (seen *observed) needs(visibility v1alpha1.IngressVisibility) bool {
	return slices.ContainsFunc(seen.ingress.Spec.Rules, func(rule v1alpha1.IngressRule) bool {
		return translate.Visibility(rule) == visibility
	})
}
