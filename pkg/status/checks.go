// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// check looks at one side and returns what blocks it, or nil.
type check func(Side) *Blocker

// Checks in the order in which an operator would look: is there a Gateway, does it
// work, does it take our routes, do they answer. What decisions find is decided, whatever a data
// plane would answer; proofs look at what it answers. Usable are the decisions about the Gateway.
var (
	usable = []check{
		entrySelected,
		gatewayExists,
		gatewayOfClass,
		gatewayAccepted,
	}
	decisions = append(slices.Clone(usable),
		classKnown,
		listenersWork,
		routesAccepted,
		refsResolved,
		callersArrive,
	)
	proofs = []check{
		routesAdmitted,
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

// stands tells that nothing is wrong but that the class is not known: what is reported stands,
// and is not looked into (SPEC B-INS-9).
func (s Side) stands() bool { return s.Stands && s.first(usable) == nil }

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
		return waiting(loadBalancer, conditions.ReasonGatewayNotFound, fmt.Sprintf("Gateway %s is being created for %s", s.Entry.Gateway, s.Entry))
	}
	return terminal(loadBalancer, conditions.ReasonGatewayNotFound, fmt.Sprintf(
		"Gateway %s does not exist: create it, or change `gateway` of %s in ConfigMap %s", s.Entry.Gateway, s.Entry, config.Name))
}

func gatewayOfClass(s Side) *Blocker {
	if class := string(s.Gateway.Spec.GatewayClassName); class != s.Entry.Class {
		return terminal(loadBalancer, conditions.ReasonGatewayNotFound, fmt.Sprintf(
			"Gateway %s has gatewayClassName %q, but %s in ConfigMap %s says class %q: change one of them", s.Entry.Gateway, class, s.Entry, config.Name, s.Entry.Class))
	}
	return nil
}

func classKnown(s Side) *Blocker {
	if s.NoClass == nil {
		return nil
	}
	return failed(loadBalancer, s.NoClass)
}

func routesAccepted(s Side) *Blocker {
	return s.refused(gatewayv1.RouteConditionAccepted, conditions.ReasonRouteNotAccepted)
}

func refsResolved(s Side) *Blocker {
	return s.refused(gatewayv1.RouteConditionResolvedRefs, conditions.ReasonRefsNotResolved)
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

// routesAdmitted reports a route that no listener admits by the Gateway's spec, as long as the
// gateway has not spoken: it decides.
func routesAdmitted(s Side) *Blocker {
	for _, route := range s.Routes {
		if route.NotAdmitted != "" && !route.Proven && route.condition(s, gatewayv1.RouteConditionAccepted) == nil {
			return waiting(network, conditions.ReasonRouteNotAccepted, fmt.Sprintf("HTTPRoute %s: %s", route.Name, route.NotAdmitted))
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
	}{{gatewayv1.RouteConditionAccepted, conditions.ReasonRouteNotAccepted}, {gatewayv1.RouteConditionResolvedRefs, conditions.ReasonRefsNotResolved}} {
		for _, route := range s.Routes {
			if route.ByStatus && route.condition(s, said.kind) == nil {
				return waiting(network, said.reason, fmt.Sprintf(
					"Gateway %s has not answered about HTTPRoute %s: no current condition %s", s.Entry.Gateway, route.Name, said.kind))
			}
		}
	}
	return nil
}

func routesProven(s Side) *Blocker {
	for _, route := range s.Routes {
		if route.unproven() {
			return waiting(network, route.reason(), route.problem(s))
		}
	}
	return nil
}

func (r Route) unproven() bool {
	answered := !r.Unwritten && r.Unasked == "" && (r.ByStatus || r.Report.Proven())
	return len(r.Making) > 0 || !r.Proven && !answered
}

// reason is that of a route that is not proven. One that no listener admits may be accepted
// all the same: it is served at another of its hosts.
func (r Route) reason() string {
	if r.NotAdmitted != "" {
		return conditions.ReasonRouteNotAccepted
	}
	return conditions.ReasonProbeFailed
}

// problem says why a route is not proven.
func (r Route) problem(s Side) string {
	if r.Unwritten {
		return fmt.Sprintf("HTTPRoute %s is not written as this version wants it yet", r.Name)
	}
	if r.Unasked != "" {
		return fmt.Sprintf("HTTPRoute %s: %s", r.Name, r.Unasked)
	}
	if problem, found := r.Report.Problem(); found {
		return fmt.Sprintf("HTTPRoute %s on Gateway %s: %s%s%s", r.Name, s.Entry.Gateway, problem, r.change(), r.keeping())
	}
	return fmt.Sprintf("HTTPRoute %s is being probed through Gateway %s%s", r.Name, s.Entry.Gateway, r.keeping())
}

// change is what to change so that a listener admits a route, in brackets.
func (r Route) change() string {
	if r.NotAdmitted == "" {
		return ""
	}
	return " (" + r.NotAdmitted + ")"
}

// keeping says where traffic is while new backends are proven.
func (r Route) keeping() string {
	if len(r.Making) == 0 {
		return ""
	}
	return "; requests go where they went before, until " + strings.Join(r.Making, ", ") + " answers"
}
