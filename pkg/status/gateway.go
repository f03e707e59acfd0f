// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// Liveness is what probes of one route tell about the data plane of a Gateway that reports a negative
// condition.
type Liveness struct {
	// Asked tells that the controller probes it. Otherwise only the conditions count.
	Asked bool
	// Dead says which target has not answered as expected for GraceWhenReady, and how it has answered; empty
	// before that.
	Dead string
}

// Complaint is the negative condition of a Gateway, in its own words; empty if there is none.
func Complaint(gateway *gatewayv1.Gateway) string {
	for _, kind := range gatewayConditions {
		if condition := meta.FindStatusCondition(gateway.Status.Conditions, string(kind)); condition != nil && condition.Status == metav1.ConditionFalse {
			return describe(gateway, condition)
		}
	}
	return ""
}

var gatewayConditions = []gatewayv1.GatewayConditionType{gatewayv1.GatewayConditionAccepted, gatewayv1.GatewayConditionProgrammed}

func describe(gateway *gatewayv1.Gateway, condition *metav1.Condition) string {
	return fmt.Sprintf("Gateway %s/%s: %s is False: %s: %s", gateway.Namespace, gateway.Name, condition.Type, condition.Reason, condition.Message)
}

// gatewayAccepted reports a Gateway that its implementation does not accept.
func gatewayAccepted(s Side) *Blocker {
	condition := dataplane.CurrentCondition(s.Gateway.Status.Conditions, string(gatewayv1.GatewayConditionAccepted), s.Gateway.Generation)
	if condition == nil || condition.Status != metav1.ConditionFalse {
		return nil
	}
	return answered(loadBalancer, conditions.ReasonGatewayNotProgrammed, describe(s.Gateway, condition))
}

// Doubt is the condition of the Gateway that is missing or not True, so that its status proves nothing; nil if
// there is none.
func (s Side) Doubt() *Blocker {
	for _, kind := range gatewayConditions {
		condition := meta.FindStatusCondition(s.Gateway.Status.Conditions, string(kind))
		switch {
		case condition == nil || condition.Status == metav1.ConditionUnknown:
			return waiting(loadBalancer, conditions.ReasonGatewayNotProgrammed, fmt.Sprintf(
				"Gateway %s has no condition %s yet: is the controller of GatewayClass %s running?", s.Entry.Gateway, kind, s.Entry.Class))
		case condition.Status != metav1.ConditionFalse:
		case condition.ObservedGeneration < s.Gateway.Generation || s.withoutProxies(condition):
			return waiting(loadBalancer, conditions.ReasonGatewayNotProgrammed, describe(s.Gateway, condition))
		default:
			return answered(loadBalancer, conditions.ReasonGatewayNotProgrammed, describe(s.Gateway, condition))
		}
	}
	return nil
}

// withoutProxies tells that the Gateway reports that it has no proxies. One that is late with a health
// check is no reason to take Ready from all services at once (SPEC B-RDY-4); one that stays away is.
func (s Side) withoutProxies(condition *metav1.Condition) bool {
	return condition.Type == string(gatewayv1.GatewayConditionProgrammed) && features.WithoutProxies(s.Controller, condition.Reason)
}

// Settled tells that the side's routes are proven as they are stored.
func (s Side) Settled() bool {
	return len(s.Routes) > 0 && !slices.ContainsFunc(s.Routes, func(r Route) bool { return !r.settled() })
}

func (r Route) settled() bool { return r.Proven && len(r.Warming) == 0 }

// dataPlaneAnswers reports a Gateway with a negative condition whose data plane has not
// answered for a while: before that, it does not take Ready away (SPEC B-RDY-8).
func dataPlaneAnswers(s Side) *Blocker {
	doubt := s.Doubt()
	if doubt == nil || !s.Settled() || s.Liveness.Dead == "" {
		return nil
	}
	doubt.Message += "; " + s.Liveness.Dead
	doubt.Certainty = Certain
	return doubt
}

// gatewayProgrammed reports a Gateway whose conditions are not True, unless a proxy answers for a
// route: answers count for more than the Gateway's conditions (SPEC B-RDY-7).
func gatewayProgrammed(s Side) *Blocker {
	doubt := s.Doubt()
	if doubt == nil || s.Settled() && s.Liveness.Asked {
		return nil
	}
	probed := slices.DeleteFunc(slices.Clone(s.Routes), func(r Route) bool { return r.ByStatus || r.settled() })
	at := slices.IndexFunc(probed, Route.unproven)
	switch {
	case at >= 0:
		doubt.Message += "; " + probed[at].problem(s)
		doubt.Certainty = Unanswered
	case len(probed) > 0:
		return nil
	case len(s.Routes) > 0 && s.Routes[0].Degraded != "":
		doubt.Message += "; " + s.Routes[0].Degraded
	}
	if len(s.LoadBalancer) == 0 {
		doubt.Message += "; " + s.noAddress()
	}
	return doubt
}

func addressKnown(s Side) *Blocker {
	if len(s.LoadBalancer) > 0 {
		return nil
	}
	return waiting(loadBalancer, conditions.ReasonGatewayNotProgrammed, s.noAddress())
}

func (s Side) noAddress() string {
	if s.Entry.Service.Name != "" {
		return fmt.Sprintf("Gateway %s publishes no address, and Service %s, which %s names, does not exist: change `service` in ConfigMap %s", s.Entry.Gateway, s.Entry.Service, s.Entry, config.Name)
	}
	return fmt.Sprintf("Gateway %s publishes no address and its Service was not found: set `service` of %s in ConfigMap %s", s.Entry.Gateway, s.Entry, config.Name)
}
