// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/keys"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// ConditionServed is the condition of a user's HTTPRoute that tells that the data plane serves it.
const ConditionServed = keys.Prefix + "Served"

// AttachedFacts is everything that the controller's entry in the status of a user's HTTPRoute depends on.
type AttachedFacts struct {
	Generation int64
	Now        metav1.Time
	// Frontend is the parent, and Refs are the parentRefs that name it; none if the route has another parent by
	// now.
	Frontend attached.Frontend
	Refs     []gatewayv1.ParentReference
	attached.Outcome
	// Refusal is a write of a rendered route that was not allowed, or nil.
	Refusal conditions.Reasoned
	// Held tells that a Gateway which the routes leave serves them until the new one does.
	Held bool
	// Lately tells that the route was served, and that a gateway has reported otherwise for less than
	// GraceWhenReady: it may learn of a Service after the route that names it.
	Lately bool
	// Sides are those with routes that are rendered for it; their Routes are these alone.
	Sides []Side
}

// FactsOf are the facts about a user's HTTPRoute before any data plane is asked.
func FactsOf(route attached.Route) AttachedFacts {
	return AttachedFacts{Generation: route.Source.Generation, Frontend: route.Frontend, Refs: route.Refs, Outcome: route.Outcome}
}

// Recall takes the routes for proven if the status reports this generation as served in the same way: their
// former backends serve while new ones are warmed.
func (f AttachedFacts) Recall(route *gatewayv1.HTTPRoute) {
	if !f.WasServed(route) {
		return
	}
	for _, side := range f.Sides {
		for i := range side.Routes {
			side.Routes[i].Proven, side.Routes[i].Warming = true, nil
		}
	}
}

// AttachedBlocker is why the routes of a side are not served, or nil. It is about these routes alone: how the
// Gateway is, the KIngress says. Once the routes are proven, only what the gateway reports about them counts.
func (s Side) AttachedBlocker() *Blocker {
	if blocker := s.first([]check{routesAccepted, refsResolved}); blocker != nil || s.Settled() {
		return blocker
	}
	return s.first([]check{routesAdmitted, routeStatusCurrent, routesProven})
}

// mostNamed is how many HTTPRoutes of a Gateway a message names.
const mostNamed = 4

// Served is what is said of a route that is served: on which Gateways, by which HTTPRoutes.
func (f AttachedFacts) Served() string {
	if len(f.Sides) == 0 {
		return "by the HTTPRoutes of the parent itself"
	}
	parts := []string{}
	for _, side := range f.Sides {
		names := []string{}
		for _, route := range side.Routes {
			names = append(names, route.Name.String())
		}
		if slices.Sort(names); len(names) > mostNamed {
			names = append(names[:mostNamed-1], fmt.Sprintf("%d more", len(names)-mostNamed+1))
		}
		parts = append(parts, fmt.Sprintf("on Gateway %s, by HTTPRoute %s", side.Entry.Gateway, strings.Join(names, " and ")))
	}
	return strings.Join(parts, "; ")
}

// WasServed tells that the status reports this generation as served in the same way.
func (f AttachedFacts) WasServed(route *gatewayv1.HTTPRoute) bool {
	known := servedCondition(route, f.Frontend)
	return known != nil && known.ObservedGeneration == f.Generation && known.Message == f.Served()
}

// IsServed tells that the status reports this generation of a route as served, by which routes ever.
func IsServed(route *gatewayv1.HTTPRoute, frontend attached.Frontend) bool {
	known := servedCondition(route, frontend)
	return known != nil && known.ObservedGeneration == route.Generation
}

// servedCondition is the condition that says that a route is served at a frontend; nil if none does.
func servedCondition(route *gatewayv1.HTTPRoute, frontend attached.Frontend) *metav1.Condition {
	for _, entry := range route.Status.Parents {
		if !ofFrontend(entry, route.Namespace, frontend) {
			continue
		}
		if known := meta.FindStatusCondition(entry.Conditions, ConditionServed); known != nil && known.Status == metav1.ConditionTrue {
			return known
		}
	}
	return nil
}

func ofFrontend(entry gatewayv1.RouteParentStatus, namespace string, frontend attached.Frontend) bool {
	at, is := attached.FrontendAt(entry.ParentRef, namespace)
	return is && at == frontend && entry.ControllerName == attached.ControllerName
}

// maxParents is the Gateway API's limit for the entries of a status.
const maxParents = 32

// Parents are the entries in the status of a user's HTTPRoute: those of other controllers and parents as they
// are, and for each parentRef that names the frontend one with these conditions.
func (f AttachedFacts) Parents(route *gatewayv1.HTTPRoute) []gatewayv1.RouteParentStatus {
	parents := []gatewayv1.RouteParentStatus{}
	for _, entry := range route.Status.Parents {
		if !ofFrontend(entry, route.Namespace, f.Frontend) {
			parents = append(parents, entry)
			continue
		}
		if slices.ContainsFunc(f.Refs, func(ref gatewayv1.ParentReference) bool { return sameRef(ref, entry.ParentRef) }) {
			parents = append(parents, *entry.DeepCopy())
		}
	}
	for _, ref := range f.Refs {
		at := slices.IndexFunc(parents, func(entry gatewayv1.RouteParentStatus) bool {
			return entry.ControllerName == attached.ControllerName && sameRef(ref, entry.ParentRef)
		})
		if at < 0 {
			if len(parents) >= maxParents {
				continue
			}
			at, parents = len(parents), append(parents, gatewayv1.RouteParentStatus{ParentRef: ref, ControllerName: attached.ControllerName})
		}
		parents[at].Conditions = f.conditions(ref, parents[at].Conditions)
	}
	return parents
}

func sameRef(a, b gatewayv1.ParentReference) bool {
	return a.Name == b.Name && or(a.Group, "") == or(b.Group, "") && or(a.Kind, "") == or(b.Kind, "") && or(a.Namespace, "") == or(b.Namespace, "") &&
		or(a.SectionName, "") == or(b.SectionName, "") && or(a.Port, 0) == or(b.Port, 0)
}

// conditions are those of a parentRef; the ones of other types stay, and so do the times of those that do not
// change.
func (f AttachedFacts) conditions(ref gatewayv1.ParentReference, old []metav1.Condition) []metav1.Condition {
	if ref.SectionName != nil || ref.Port != nil {
		f.Refused = &attached.Problem{Reason: gatewayv1.RouteReasonNoMatchingParent, Detail: "a parentRef to a Knative object has neither sectionName nor port"}
	}
	conditions := slices.Clone(old)
	set := func(kind string, status metav1.ConditionStatus, reason, message string) {
		meta.SetStatusCondition(&conditions, metav1.Condition{Type: kind, Status: status, Reason: reason, Message: message, ObservedGeneration: f.Generation, LastTransitionTime: f.Now})
	}
	accepted, resolved, partly := string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteConditionResolvedRefs), string(gatewayv1.RouteConditionPartiallyInvalid)
	if f.Refused != nil {
		set(accepted, metav1.ConditionFalse, string(f.Refused.Reason), f.Refused.Detail)
	} else {
		set(accepted, metav1.ConditionTrue, string(gatewayv1.RouteReasonAccepted), "")
	}
	if len(f.Unresolved) > 0 {
		set(resolved, metav1.ConditionFalse, string(f.Unresolved[0].Reason), attached.Join(f.Unresolved))
	} else {
		set(resolved, metav1.ConditionTrue, string(gatewayv1.RouteReasonResolvedRefs), "")
	}
	if f.Refused == nil && len(f.Dropped) > 0 {
		set(partly, metav1.ConditionTrue, string(f.Dropped[0].Reason), attached.Join(f.Dropped))
	} else {
		meta.RemoveStatusCondition(&conditions, partly)
	}
	known := meta.FindStatusCondition(conditions, ConditionServed)
	if status, reason, message := f.served(); known == nil || !f.tolerated() {
		set(ConditionServed, status, reason, message)
	} else {
		set(ConditionServed, known.Status, known.Reason, known.Message)
	}
	return conditions
}

// tolerated tells that what blocks the routes may pass, and that they were served until now.
func (f AttachedFacts) tolerated() bool {
	blocker := f.blocker()
	return blocker != nil && (f.Held && blocker.Certainty == Unanswered || f.Lately && blocker.Certainty == Answered)
}

// blocker is why the rendered routes are not served, or nil, or if the route or its backends are refused.
func (f AttachedFacts) blocker() *Blocker {
	if f.Refused != nil || f.Refusal != nil || len(f.Unresolved) > 0 && !f.IsServed() {
		return nil
	}
	for _, side := range f.Sides {
		if blocker := side.AttachedBlocker(); blocker != nil {
			return blocker
		}
	}
	return nil
}

// Refusing tells that a gateway reports a negative condition of the rendered routes.
func (f AttachedFacts) Refusing() bool {
	blocker := f.blocker()
	return blocker != nil && blocker.Certainty == Answered
}

// served is the condition that the data plane serves the route.
func (f AttachedFacts) served() (metav1.ConditionStatus, string, string) {
	if f.Refused != nil {
		return metav1.ConditionFalse, string(f.Refused.Reason), "nothing of it is served: see Accepted"
	}
	if f.Refusal != nil {
		return metav1.ConditionFalse, f.Refusal.Reason(), f.Refusal.Error()
	}
	if len(f.Unresolved) > 0 && !f.IsServed() {
		return metav1.ConditionFalse, string(f.Unresolved[0].Reason), "all requests are answered 500: see ResolvedRefs"
	}
	if len(f.Sides) == 0 && !f.IsServed() {
		return metav1.ConditionUnknown, string(gatewayv1.RouteReasonPending), "the Gateway of the parent is not known: see the conditions of the parent"
	}
	switch blocker := f.blocker(); {
	case blocker == nil:
		return metav1.ConditionTrue, "Served", f.Served()
	case blocker.Terminal:
		return metav1.ConditionFalse, blocker.Reason, blocker.Message
	case blocker.Certainty == Unanswered: // whose message changes with every answer, and each change would be a write
		return metav1.ConditionUnknown, blocker.Reason, f.Served() + ": no proxy has answered for this version yet"
	default:
		return metav1.ConditionUnknown, blocker.Reason, blocker.Message
	}
}
