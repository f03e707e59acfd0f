// SPDX-License-Identifier: Apache-2.0

package examine

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

// Attached is what is known of a user's HTTPRoute whose parent is the owner of the KIngress.
type Attached struct {
	translate.Attached
	// Facts are what the conditions depend on.
	Facts status.AttachedFacts
	// Conditions are those that the controller writes for the parent, as they follow from the objects. Whether the data plane
	// serves the route is as the controller has reported it, if the objects do not decide that.
	Conditions []metav1.Condition
}

// attached examines a user's HTTPRoute, as the controller does.
func (e *Examination) attached(one translate.Attached, now metav1.Time) Attached {
	facts := status.FactsOf(one.Route)
	facts.Now = now
	for _, side := range e.Sides {
		side.Routes = nil
		for _, route := range one.Routes {
			if route.Visibility == side.Visibility {
				side.Routes = append(side.Routes, e.route(route, &side))
			}
		}
		if len(side.Routes) > 0 {
			facts.Sides = append(facts.Sides, side)
		}
	}
	leaving := slices.ContainsFunc(one.Routes, func(route routes.Route) bool { return len(route.Leaving) > 0 })
	facts.Held = leaving && status.IsServed(one.Source, one.Frontend)
	facts.Recall(one.Source)
	found := Attached{Attached: one, Facts: facts, Conditions: conditionsAt(facts.Parents(one.Source), one)}
	reported := meta.FindStatusCondition(conditionsAt(one.Source.Status.Parents, one), status.ConditionServed)
	computed := meta.FindStatusCondition(found.Conditions, status.ConditionServed)
	if computed != nil && computed.Status == metav1.ConditionUnknown && !facts.Refusing() && reported != nil && reported.ObservedGeneration == one.Source.Generation {
		*computed = *reported
	}
	return found
}

// conditionsAt are a copy of the controller's conditions for the parent of a route. A parentRef that is refused on its own counts
// only if there is no other.
func conditionsAt(parents []gatewayv1.RouteParentStatus, one translate.Attached) []metav1.Condition {
	var found []metav1.Condition
	for _, entry := range parents {
		at, is := attached.FrontendAt(entry.ParentRef, one.Source.Namespace)
		whole := entry.ParentRef.SectionName == nil && entry.ParentRef.Port == nil
		if is && at == one.Frontend && entry.ControllerName == attached.ControllerName && (found == nil || whole) {
			found = slices.Clone(entry.Conditions)
		}
	}
	return found
}

// SwitchedOff are the HTTPRoutes of users that are not read because config-gateway switches this off.
func (e *Examination) SwitchedOff() (found []*gatewayv1.HTTPRoute) {
	frontend, is := e.Frontend()
	for _, route := range e.Seen.Attached {
		if is && e.Seen.State.Config.NoPaths && route.DeletionTimestamp == nil && len(attached.RefsTo(route, frontend)) > 0 {
			found = append(found, route)
		}
	}
	return found
}

// Frontend is the Knative object that owns the hosts of the KIngress.
func (e *Examination) Frontend() (attached.Frontend, bool) {
	return attached.FrontendOf(e.Seen.Ingress)
}
