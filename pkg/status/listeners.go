// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Listener is what was observed for the HTTPS listener of a host.
type Listener struct {
	Host string
	// Secret has its certificate. Only the gateway reads it.
	Secret types.NamespacedName
	// Set is the ListenerSet named SetName that has it; nil if the cache does not have it yet. Name is the
	// listener's name in it.
	SetName string
	Set     *gatewayv1.ListenerSet
	Name    gatewayv1.SectionName
	// Gateway has it if no ListenerSet does; nil if it is gone.
	Gateway *gatewayv1.Gateway
	// Awaited tells that the host is redirected to it once it is programmed.
	Awaited bool
	// Overlaid tells that another owner's listener answers for the host until it is programmed.
	Overlaid bool
}

// listenersWork reports a listener with a negative condition: only the gateway can tell what is wrong with a
// certificate. A missing or outdated condition blocks only if a redirect waits for it; otherwise
// probes through the listener are the proof.
func listenersWork(s Side) *Blocker {
	for _, listener := range s.Listeners {
		condition, reason := listener.failure()
		switch {
		case condition != nil:
			found := answered(network, reason, fmt.Sprintf("%s: %s is %s: %s: %s",
				listener.subject(s), condition.Type, condition.Status, condition.Reason, condition.Message))
			found.Terminal = true
			return found
		case listener.Awaited:
			return waiting(network, conditions.ReasonGatewayNotProgrammed, listener.subject(s)+": Programmed is not True yet; until it is, requests are answered over plain HTTP and not redirected")
		}
	}
	return nil
}

func (l Listener) subject(s Side) string {
	at := fmt.Sprintf("ListenerSet %s/%s on Gateway %s", l.Secret.Namespace, l.SetName, s.Entry.Gateway)
	if l.SetName == "" {
		at = fmt.Sprintf("listener %s of Gateway %s", l.Name, s.Entry.Gateway)
	}
	if l.Secret.Name == "" {
		return fmt.Sprintf("HTTPS for host %s (%s)", l.Host, at)
	}
	return fmt.Sprintf("HTTPS for host %s with Secret %s (%s)", l.Host, l.Secret, at)
}

// conditions are those of a listener and of its ListenerSet, with the generation at which they are
// current.
func (l Listener) conditions() (listener, set []metav1.Condition, generation int64) {
	switch {
	case l.Set != nil:
		for _, status := range l.Set.Status.Listeners {
			if status.Name == l.Name {
				listener = status.Conditions
			}
		}
		return listener, l.Set.Status.Conditions, l.Set.Generation
	case l.Gateway != nil:
		for _, status := range l.Gateway.Status.Listeners {
			if status.Name == l.Name {
				listener = status.Conditions
			}
		}
		return listener, nil, l.Gateway.Generation
	}
	return nil, nil, 0
}

// Programmed tells whether the gateway reports the listener as Programmed at the current generation.
func (l Listener) Programmed() bool {
	ofListener, _, generation := l.conditions()
	return dataplane.Programmed(ofListener, generation)
}

// Unwritten tells that the Gateway does not have the listener yet.
func (l Listener) Unwritten() bool {
	return l.SetName == "" && l.Gateway != nil &&
		!slices.ContainsFunc(l.Gateway.Spec.Listeners, func(listener gatewayv1.Listener) bool { return listener.Name == l.Name })
}

// failure is the negative condition of a listener, the cause before its consequences, and the reason
// to report.
func (l Listener) failure() (*metav1.Condition, string) {
	ofListener, ofSet, generation := l.conditions()
	for _, look := range []struct {
		conditions []metav1.Condition
		kind       string
		bad        metav1.ConditionStatus
		reason     string
	}{
		{ofListener, string(gatewayv1.ListenerEntryConditionResolvedRefs), metav1.ConditionFalse, conditions.ReasonRefsNotResolved},
		{ofListener, string(gatewayv1.ListenerEntryConditionConflicted), metav1.ConditionTrue, conditions.ReasonHostConflict},
		{ofListener, string(gatewayv1.ListenerEntryConditionAccepted), metav1.ConditionFalse, conditions.ReasonGatewayNotProgrammed},
		{ofListener, string(gatewayv1.ListenerEntryConditionProgrammed), metav1.ConditionFalse, conditions.ReasonGatewayNotProgrammed},
		{ofSet, string(gatewayv1.ListenerSetConditionAccepted), metav1.ConditionFalse, conditions.ReasonGatewayNotProgrammed},
	} {
		if condition := dataplane.CurrentCondition(look.conditions, look.kind, generation); condition != nil && condition.Status == look.bad {
			return condition, look.reason
		}
	}
	return nil, ""
}
