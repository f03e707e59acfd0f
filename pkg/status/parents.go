// SPDX-License-Identifier: Apache-2.0

package status

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// condition is the current condition of a route at all its parents: the first that is False,
// else the last one; nil when one is missing or of an older generation. A ListenerSet whose
// hosts a listener elsewhere has does not count.
func (r Route) condition(s Side, kind gatewayv1.RouteConditionType) *metav1.Condition {
	if r.Object == nil {
		return nil
	}
	parents := r.Parents
	if len(parents) == 0 {
		parents = []gatewayv1.ParentReference{{Namespace: new(gatewayv1.Namespace(s.Entry.Gateway.Namespace)), Name: gatewayv1.ObjectName(s.Entry.Gateway.Name)}}
	}
	last, missing := (*metav1.Condition)(nil), false
	for _, parent := range parents {
		condition := r.conditionOf(s, parent, kind)
		if r.Unresolved && kind == gatewayv1.RouteConditionResolvedRefs && condition != nil {
			condition = &metav1.Condition{Type: condition.Type, Status: metav1.ConditionTrue}
		}
		if dataplane.IsListenerSet(parent) && r.isOutranked(s, parents, condition) {
			continue
		}
		if condition != nil && condition.Status == metav1.ConditionFalse {
			return condition
		}
		last, missing = condition, missing || condition == nil
	}
	if missing {
		return nil
	}
	return last
}

// isOutranked tells whether a condition at a ListenerSet says no more than that a listener elsewhere has
// the hosts of the route: gateways that isolate listeners have a host's routes on the most specific one
// alone, and report of the others that no hostname is left for them (Envoy Gateway 1.9: computeHosts in
// internal/gatewayapi/helpers.go). It is so while a host goes from a listener of its own to a shared one,
// for at least the drain time, and beside an operator's listener for a host under a shared wildcard.
func (r Route) isOutranked(s Side, parents []gatewayv1.ParentReference, condition *metav1.Condition) bool {
	if condition == nil || condition.Reason != string(gatewayv1.RouteReasonNoMatchingListenerHostname) {
		return false
	}
	return slices.ContainsFunc(parents, func(parent gatewayv1.ParentReference) bool {
		elsewhere := r.conditionOf(s, parent, gatewayv1.RouteConditionAccepted)
		return elsewhere != nil && elsewhere.Status == metav1.ConditionTrue
	})
}

// conditionOf is the current condition of a route at one parent, by the side's gateway. Other
// controllers may report on the same parent, and others may attach the route to sections of it: the
// condition of this very reference comes before that of a section.
func (r Route) conditionOf(s Side, parent gatewayv1.ParentReference, kind gatewayv1.RouteConditionType) *metav1.Condition {
	found := (*metav1.Condition)(nil)
	for _, status := range r.Object.Status.Parents {
		condition := dataplane.CurrentCondition(status.Conditions, string(kind), r.Object.Generation)
		if !s.isByController(status) || !r.same(status.ParentRef, parent) || condition == nil {
			continue
		}
		if or(status.ParentRef.SectionName, "") == or(parent.SectionName, "") {
			return condition
		}
		if found == nil {
			found = condition
		}
	}
	return found
}

// isByController tells whether the controller of the side's GatewayClass reported this; any
// controller counts if the class is not known.
func (s Side) isByController(status gatewayv1.RouteParentStatus) bool {
	return s.Controller == "" || status.ControllerName == s.Controller
}

// same compares references with their defaults; one without a section means any.
func (r Route) same(ref, wanted gatewayv1.ParentReference) bool {
	namespace, kind := gatewayv1.Namespace(r.Name.Namespace), gatewayv1.Kind("Gateway")
	return ref.Name == wanted.Name &&
		or(ref.Namespace, namespace) == or(wanted.Namespace, namespace) &&
		or(ref.Kind, kind) == or(wanted.Kind, kind) &&
		(wanted.SectionName == nil || or(ref.SectionName, "") == *wanted.SectionName)
}

func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// Believed tells whether the gateway reports a route as accepted and its references as resolved.
func (s Side) Believed(route Route) bool {
	return s.Accepted(route) && route.isTrue(s, gatewayv1.RouteConditionResolvedRefs)
}

// Accepted tells whether the gateway reports a route as accepted.
func (s Side) Accepted(route Route) bool {
	return route.isTrue(s, gatewayv1.RouteConditionAccepted)
}

func (r Route) isTrue(s Side, kind gatewayv1.RouteConditionType) bool {
	condition := r.condition(s, kind)
	return condition != nil && condition.Status == metav1.ConditionTrue
}
