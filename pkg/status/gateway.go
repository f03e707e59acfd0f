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
)

// Liveness is what is known of the data plane of a Gateway that complains, from one route
// that is served through it.
type Liveness struct {
	// Asked tells that somebody asks. Otherwise the Gateway's word is all there is.
	Asked bool
	// Dead says who has not answered for PatienceWhenReady, and what came instead; empty while
	// there is hope.
	Dead string
}

// Complaint is what a Gateway says is wrong with itself, in its own words; empty when it
// says nothing of the kind.
func Complaint(gateway *gatewayv1.Gateway) string {
	for _, kind := range gatewayConditions {
		if condition := meta.FindStatusCondition(gateway.Status.Conditions, string(kind)); condition != nil && condition.Status == metav1.ConditionFalse {
			return said(gateway, condition)
		}
	}
	return ""
}

var gatewayConditions = []gatewayv1.GatewayConditionType{gatewayv1.GatewayConditionAccepted, gatewayv1.GatewayConditionProgrammed}

func said(gateway *gatewayv1.Gateway, condition *metav1.Condition) string {
	return fmt.Sprintf("Gateway %s/%s: %s is False: %s: %s", gateway.Namespace, gateway.Name, condition.Type, condition.Reason, condition.Message)
}

// gatewayAccepted reports a Gateway of which its implementation says that it does not take it.
func gatewayAccepted(s Side) *Blocker {
	condition := dataplane.CurrentCondition(s.Gateway.Status.Conditions, string(gatewayv1.GatewayConditionAccepted), s.Gateway.Generation)
	if condition == nil || condition.Status != metav1.ConditionFalse {
		return nil
	}
	return answered(loadBalancer, conditions.ReasonGatewayNotProgrammed, said(s.Gateway, condition))
}

// Doubt is what the Gateway says, or does not say, of itself so that its word is no proof; nil
// when it says yes to all.
func (s Side) Doubt() *Blocker {
	for _, kind := range gatewayConditions {
		condition := meta.FindStatusCondition(s.Gateway.Status.Conditions, string(kind))
		switch {
		case condition == nil || condition.Status == metav1.ConditionUnknown:
			return waiting(loadBalancer, conditions.ReasonGatewayNotProgrammed, fmt.Sprintf(
				"Gateway %s has no condition %s yet: is the controller of GatewayClass %s running?", s.Entry.Gateway, kind, s.Entry.Class))
		case condition.Status != metav1.ConditionFalse:
		case condition.ObservedGeneration < s.Gateway.Generation || resting(condition):
			return waiting(loadBalancer, conditions.ReasonGatewayNotProgrammed, said(s.Gateway, condition))
		default:
			return answered(loadBalancer, conditions.ReasonGatewayNotProgrammed, said(s.Gateway, condition))
		}
	}
	return nil
}

// resting tells that the Gateway says of itself that its proxies are away. A proxy that is
// late with one health check is not a reason to take Ready from all its services at once
// (SPEC B-RDY-4); one that stays away is.
func resting(condition *metav1.Condition) bool {
	return condition.Type == string(gatewayv1.GatewayConditionProgrammed) && condition.Reason == string(gatewayv1.GatewayReasonNoResources)
}

// Settled tells that the side's routes were proven before, as they stand.
func (s Side) Settled() bool {
	return len(s.Routes) > 0 && !slices.ContainsFunc(s.Routes, func(r Route) bool { return !r.settled() })
}

func (r Route) settled() bool { return r.Proven && len(r.Making) == 0 }

// dataPlaneAnswers reports the data plane of a Gateway that complains when it has not
// answered for a while: until then it takes no Ready away (SPEC B-RDY-8).
func dataPlaneAnswers(s Side) *Blocker {
	doubt := s.Doubt()
	if doubt == nil || !s.Settled() || s.Liveness.Dead == "" {
		return nil
	}
	doubt.Message += "; " + s.Liveness.Dead
	doubt.Certainty = Certain
	return doubt
}

// gatewayProgrammed reports a Gateway that does not say that it works, where nobody knows better:
// a proxy that answers for a route does, whatever the Gateway complains of (SPEC B-RDY-7).
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
