// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// check looks at one side and returns what blocks it, or nil.
type check func(Side) *Blocker

// Checks in the order in which an operator would look: is there a Gateway, does it
// work, does it take our routes, do they answer. What decisions find is decided, whatever a data
// plane would answer; proofs look at what it answers.
var (
	decisions = []check{
		entrySelected,
		gatewayExists,
		gatewayOfClass,
		gatewayAccepted,
		listenersWork,
		routesAccepted,
		refsResolved,
	}
	proofs = []check{
		dataPlaneAnswers,
		gatewayProgrammed,
		routesBelieved,
		routesProven,
		addressKnown,
	}
)

// Blocker is the first thing that stands in the way of the side, or nil.
func (s Side) Blocker() *Blocker {
	if decision := s.Decision(); decision != nil {
		return decision
	}
	return s.first(proofs)
}

// Decision is the first thing that stands in the way of the side so that no data plane needs to
// be asked, or nil.
func (s Side) Decision() *Blocker { return s.first(decisions) }

func (s Side) first(checks []check) *Blocker {
	for _, check := range checks {
		if found := check(s); found != nil {
			return found
		}
	}
	return nil
}

func entrySelected(s Side) *Blocker {
	if s.Refusal == nil {
		return nil
	}
	return failed(loadBalancer, s.Refusal)
}

func gatewayExists(s Side) *Blocker {
	switch {
	case s.Gateway != nil:
		return nil
	case s.Entry.Managed:
		return waiting(loadBalancer, ReasonGatewayNotFound, fmt.Sprintf("Gateway %s is being created for %s", s.Entry.Gateway, s.Entry))
	}
	return terminal(loadBalancer, ReasonGatewayNotFound, fmt.Sprintf(
		"Gateway %s does not exist: create it, or change `gateway` of %s in ConfigMap %s", s.Entry.Gateway, s.Entry, config.Name))
}

func gatewayOfClass(s Side) *Blocker {
	if class := string(s.Gateway.Spec.GatewayClassName); class != s.Entry.Class {
		return terminal(loadBalancer, ReasonGatewayNotFound, fmt.Sprintf(
			"Gateway %s has gatewayClassName %q, but %s in ConfigMap %s says class %q: change one of them", s.Entry.Gateway, class, s.Entry, config.Name, s.Entry.Class))
	}
	return nil
}

func routesAccepted(s Side) *Blocker {
	return s.refused(gatewayv1.RouteConditionAccepted, ReasonRouteNotAccepted)
}

func refsResolved(s Side) *Blocker {
	return s.refused(gatewayv1.RouteConditionResolvedRefs, ReasonRefsNotResolved)
}

// refused reports a route of which the gateway says no.
func (s Side) refused(kind gatewayv1.RouteConditionType, reason string) *Blocker {
	for _, route := range s.Routes {
		if condition := route.condition(s, kind); condition != nil && condition.Status == metav1.ConditionFalse {
			found := answered(network, reason, fmt.Sprintf(
				"HTTPRoute %s on Gateway %s: %s: %s%s", route.Name, s.Entry.Gateway, condition.Reason, condition.Message, s.hint(route, condition.Reason)))
			found.Terminal = true
			return found
		}
	}
	return nil
}

// routesBelieved reports a route of which the gateway's word is the proof, and is missing or
// outdated.
func routesBelieved(s Side) *Blocker {
	for _, said := range []struct {
		kind   gatewayv1.RouteConditionType
		reason string
	}{{gatewayv1.RouteConditionAccepted, ReasonRouteNotAccepted}, {gatewayv1.RouteConditionResolvedRefs, ReasonRefsNotResolved}} {
		for _, route := range s.Routes {
			if route.ByStatus && route.condition(s, said.kind) == nil {
				return waiting(network, said.reason, fmt.Sprintf(
					"Gateway %s has not answered about HTTPRoute %s: no current condition %s", s.Entry.Gateway, route.Name, said.kind))
			}
		}
	}
	return nil
}

// condition is the Gateway's current word about a route at all its parents: the first no,
// else the last yes; nil when one is missing or of an older generation.
func (r Route) condition(s Side, kind gatewayv1.RouteConditionType) *metav1.Condition {
	if r.Object == nil {
		return nil
	}
	parents := r.Parents
	if len(parents) == 0 {
		parents = []gatewayv1.ParentReference{{Namespace: new(gatewayv1.Namespace(s.Entry.Gateway.Namespace)), Name: gatewayv1.ObjectName(s.Entry.Gateway.Name)}}
	}
	said, silent := (*metav1.Condition)(nil), false
	for _, parent := range parents {
		condition := r.conditionOf(s, parent, kind)
		if condition != nil && condition.Status == metav1.ConditionFalse {
			return condition
		}
		said, silent = condition, silent || condition == nil
	}
	if silent {
		return nil
	}
	return said
}

// conditionOf is the current word of the side's gateway about a route at one parent. Other
// controllers may write about the same parent, and others may attach the route to sections of
// it: what is said of just this reference counts before what is said of a section.
func (r Route) conditionOf(s Side, parent gatewayv1.ParentReference, kind gatewayv1.RouteConditionType) *metav1.Condition {
	found := (*metav1.Condition)(nil)
	for _, status := range r.Object.Status.Parents {
		condition := meta.FindStatusCondition(status.Conditions, string(kind))
		if !s.wrote(status) || !r.same(status.ParentRef, parent) || condition == nil || condition.ObservedGeneration < r.Object.Generation {
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

// wrote tells whether the controller of the side's GatewayClass wrote this; every controller
// counts where the class is not known.
func (s Side) wrote(status gatewayv1.RouteParentStatus) bool {
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

// Believed tells whether the Gateway says yes to a route as it stands.
func (s Side) Believed(route Route) bool {
	for _, kind := range []gatewayv1.RouteConditionType{gatewayv1.RouteConditionAccepted, gatewayv1.RouteConditionResolvedRefs} {
		if condition := route.condition(s, kind); condition == nil || condition.Status != metav1.ConditionTrue {
			return false
		}
	}
	return true
}

func routesProven(s Side) *Blocker {
	for _, route := range s.Routes {
		if route.unproven() {
			return waiting(network, ReasonProbeFailed, route.problem(s))
		}
	}
	return nil
}

func (r Route) unproven() bool {
	answered := r.Unasked == "" && (r.ByStatus || r.Report.Proven())
	return len(r.Making) > 0 || !r.Proven && !answered
}

// problem says why a route is not proven.
func (r Route) problem(s Side) string {
	if r.Unasked != "" {
		return fmt.Sprintf("HTTPRoute %s: %s", r.Name, r.Unasked)
	}
	if problem, found := r.Report.Problem(); found {
		return fmt.Sprintf("HTTPRoute %s on Gateway %s: %s%s", r.Name, s.Entry.Gateway, problem, r.keeping())
	}
	return fmt.Sprintf("HTTPRoute %s is being probed through Gateway %s%s", r.Name, s.Entry.Gateway, r.keeping())
}

// keeping says where traffic is while new backends are proven.
func (r Route) keeping() string {
	if len(r.Making) == 0 {
		return ""
	}
	return "; requests go where they went before, until " + strings.Join(r.Making, ", ") + " answers"
}
