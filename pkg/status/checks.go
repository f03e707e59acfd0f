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

// check returns what blocks a side, or nil.
type check func(Side) *Blocker

// Checks in the order in which an operator would look: does the Gateway exist, does it
// work, does it accept our routes, do they answer. What decisions find blocks whatever the data
// plane answers; proofs need its answers. usable are the decisions about the Gateway.
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
		routeStatusCurrent,
		routesProven,
		addressKnown,
	}
)

// Blocker is what blocks the side first, or nil.
func (s Side) Blocker() *Blocker {
	if decision := s.Decision(); decision != nil {
		return decision
	}
	return s.first(proofs)
}

// Decision is what blocks the side first whatever a data plane would answer, or nil.
func (s Side) Decision() *Blocker { return s.first(decisions) }

// stillReady tells that only the GatewayClass is unknown: what is reported as Ready then stays, without
// further checks (SPEC B-INS-9).
func (s Side) stillReady() bool { return s.ReportedReady && s.first(usable) == nil }

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

// refused reports a route for which the gateway reports a condition as False.
func (s Side) refused(kind gatewayv1.RouteConditionType, reason string) *Blocker {
	for _, route := range s.Routes {
		if condition := route.condition(s, kind); condition != nil && condition.Status == metav1.ConditionFalse {
			found := answered(network, reason, fmt.Sprintf(
				"HTTPRoute %s on Gateway %s: %s is False: %s: %s%s", route.Name, s.Entry.Gateway, kind, condition.Reason, condition.Message, s.hint(route, condition.Reason)))
			found.Terminal = true
			return found
		}
	}
	return nil
}

// routesAdmitted reports a route that no listener admits by the Gateway's spec, as long as the
// gateway, which decides, has not reported a condition.
func routesAdmitted(s Side) *Blocker {
	for _, route := range s.Routes {
		if route.NotAdmitted != "" && !route.Proven && route.condition(s, gatewayv1.RouteConditionAccepted) == nil {
			return waiting(network, conditions.ReasonRouteNotAccepted, fmt.Sprintf("HTTPRoute %s: %s", route.Name, route.NotAdmitted))
		}
	}
	return nil
}

// routeStatusCurrent reports a route that is proven by its conditions, if these are missing or
// outdated. A version that is proven and was written once more keeps the gateway's last word until there is
// another (SPEC B-RDY-10): a busy gateway may be late with it for many routes at once.
func routeStatusCurrent(s Side) *Blocker {
	for _, need := range []struct {
		kind   gatewayv1.RouteConditionType
		reason string
	}{{gatewayv1.RouteConditionAccepted, conditions.ReasonRouteNotAccepted}, {gatewayv1.RouteConditionResolvedRefs, conditions.ReasonRefsNotResolved}} {
		for _, route := range s.Routes {
			if route.ByStatus && route.condition(s, need.kind) == nil && !(route.Proven && route.wasAccepted(s)) {
				return waiting(network, need.reason, fmt.Sprintf(
					"HTTPRoute %s on Gateway %s has no condition %s for its present generation yet: is the controller of GatewayClass %s running?", route.Name, s.Entry.Gateway, need.kind, s.Entry.Class))
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
	return len(r.Warming) > 0 || !r.Proven && !answered
}

// reason is that of a route that is not proven. The gateway may accept a route that no listener admits
// for one host, because of its other hosts.
func (r Route) reason() string {
	if r.NotAdmitted != "" {
		return conditions.ReasonRouteNotAccepted
	}
	return conditions.ReasonProbeFailed
}

// problem says why a route is not proven.
func (r Route) problem(s Side) string {
	if r.Unwritten {
		return fmt.Sprintf("HTTPRoute %s is not written yet in its new version", r.Name)
	}
	if r.Unasked != "" {
		return fmt.Sprintf("HTTPRoute %s: %s", r.Name, r.Unasked)
	}
	if problem, found := r.Report.Problem(); found {
		return fmt.Sprintf("HTTPRoute %s on Gateway %s: %s%s%s", r.Name, s.Entry.Gateway, problem, r.change(), r.keeping())
	}
	return fmt.Sprintf("HTTPRoute %s is being probed through Gateway %s%s", r.Name, s.Entry.Gateway, r.keeping())
}

// change is what to change so that a listener admits the route, in brackets.
func (r Route) change() string {
	if r.NotAdmitted == "" {
		return ""
	}
	return " (" + r.NotAdmitted + ")"
}

// keeping says where traffic goes while new backends are warmed.
func (r Route) keeping() string {
	if len(r.Warming) == 0 {
		return ""
	}
	return "; until " + strings.Join(r.Warming, ", ") + " answers through the Gateway, requests go where they went before"
}
