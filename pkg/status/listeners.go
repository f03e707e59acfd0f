// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Listener is what was observed for the HTTPS listener of a host.
type Listener struct {
	Host string
	// Secret holds its certificate. Nobody reads it but the gateway.
	Secret types.NamespacedName
	// Set is the ListenerSet that holds it, by SetName; nil when the cache has not seen it
	// yet. Name is the listener's in there.
	SetName string
	Set     *gatewayv1.ListenerSet
	Name    gatewayv1.SectionName
	// Awaited tells that the host is redirected to it once it works.
	Awaited bool
}

// listenersWork reports a listener of which the gateway says no: what is wrong with a
// certificate nobody else can tell. A missing or outdated answer counts only where
// something waits for it; otherwise the probes through the listener are the proof.
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
			return waiting(network, ReasonGatewayNotProgrammed, listener.subject(s)+": the gateway has not answered; requests are not redirected to HTTPS yet")
		}
	}
	return nil
}

func (l Listener) subject(s Side) string {
	return fmt.Sprintf("HTTPS for host %s with Secret %s (ListenerSet %s/%s on Gateway %s)", l.Host, l.Secret, l.Secret.Namespace, l.SetName, s.Entry.Gateway)
}

// failure is what the gateway says is wrong with a listener as it stands, the cause
// before its consequences, and the reason to report.
func (l Listener) failure() (*metav1.Condition, string) {
	if l.Set == nil {
		return nil, ""
	}
	conditions := []metav1.Condition{}
	for _, status := range l.Set.Status.Listeners {
		if status.Name == l.Name {
			conditions = status.Conditions
		}
	}
	for _, look := range []struct {
		conditions []metav1.Condition
		kind       string
		bad        metav1.ConditionStatus
		reason     string
	}{
		{conditions, string(gatewayv1.ListenerEntryConditionResolvedRefs), metav1.ConditionFalse, ReasonRefsNotResolved},
		{conditions, string(gatewayv1.ListenerEntryConditionConflicted), metav1.ConditionTrue, ReasonHostConflict},
		{conditions, string(gatewayv1.ListenerEntryConditionAccepted), metav1.ConditionFalse, ReasonGatewayNotProgrammed},
		{conditions, string(gatewayv1.ListenerEntryConditionProgrammed), metav1.ConditionFalse, ReasonGatewayNotProgrammed},
		{l.Set.Status.Conditions, string(gatewayv1.ListenerSetConditionAccepted), metav1.ConditionFalse, ReasonGatewayNotProgrammed},
	} {
		condition := meta.FindStatusCondition(look.conditions, look.kind)
		if condition != nil && condition.Status == look.bad && condition.ObservedGeneration >= l.Set.Generation {
			return condition, look.reason
		}
	}
	return nil, ""
}
