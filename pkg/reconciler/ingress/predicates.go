// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Update predicates: which changes of an object are worth a look at the KIngresses that depend on it.

// recreated tells whether an update is from one object to another of the same name: a deletion and a
// creation between two lists arrive as one update.
func recreated(old, new any) bool {
	before, err := meta.Accessor(old)
	after, err2 := meta.Accessor(new)
	return err == nil && err2 == nil && before.GetUID() != after.GetUID()
}

// gatewayChanged tells of changes that concern all KIngresses on the Gateway. It leaves out their own
// listeners, and the counts of attached routes, which change with every route of every service.
func gatewayChanged(old, new *gatewayv1.Gateway) bool {
	return !equality.Semantic.DeepEqual(withoutOurs(old.Spec), withoutOurs(new.Spec)) ||
		!equality.Semantic.DeepEqual(old.Labels, new.Labels) ||
		!equality.Semantic.DeepEqual(old.Status.Addresses, new.Status.Addresses) ||
		!sameConditions(old.Status.Conditions, new.Status.Conditions)
}

// withoutOurs is the spec without the listeners that the controller has added for KIngresses.
func withoutOurs(spec gatewayv1.GatewaySpec) gatewayv1.GatewaySpec {
	spec.Listeners = slices.DeleteFunc(slices.Clone(spec.Listeners), func(listener gatewayv1.Listener) bool {
		return strings.HasSuffix(string(listener.Name), dataplane.ListenerSuffix)
	})
	return spec
}

// listenersChanged tells of changes to listeners and to their conditions. A condition that is the same
// for a later generation counts as a change, because a KIngress that has changed the listener waits for
// it. A later time does not: gateways write all conditions anew with every count of routes.
func listenersChanged(old, new *gatewayv1.Gateway) bool {
	return !equality.Semantic.DeepEqual(old.Spec.Listeners, new.Spec.Listeners) ||
		!slices.EqualFunc(old.Status.Listeners, new.Status.Listeners, func(a, b gatewayv1.ListenerStatus) bool {
			return a.Name == b.Name && sameReports(a.Conditions, b.Conditions)
		})
}

// setChanged tells of changes that clients make to a ListenerSet, which the KIngresses that write it
// may have to revert.
func setChanged(old, new *gatewayv1.ListenerSet) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) || !equality.Semantic.DeepEqual(old.DeletionTimestamp, new.DeletionTimestamp) ||
		!equality.Semantic.DeepEqual(old.OwnerReferences, new.OwnerReferences) ||
		!maps.Equal(old.Labels, new.Labels) || !maps.Equal(old.Annotations, new.Annotations)
}

// setListenersChanged tells of changes that concern the KIngresses which a ListenerSet serves: those to
// its listeners and to their conditions, as listenersChanged does.
func setListenersChanged(old, new *gatewayv1.ListenerSet) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) || !sameReports(old.Status.Conditions, new.Status.Conditions) ||
		!slices.EqualFunc(old.Status.Listeners, new.Status.Listeners, func(a, b gatewayv1.ListenerEntryStatus) bool {
			return a.Name == b.Name && sameReports(a.Conditions, b.Conditions)
		})
}

// sameReports tells whether conditions are the same, for the same generation.
func sameReports(old, new []metav1.Condition) bool {
	return sameConditions(old, new) && slices.EqualFunc(old, new, sameGeneration)
}

func sameGeneration(a, b metav1.Condition) bool { return a.ObservedGeneration == b.ObservedGeneration }

// sameConditions tells whether conditions are the same, whatever their times and generations are.
func sameConditions(old, new []metav1.Condition) bool {
	digest := func(conditions []metav1.Condition) string {
		text := strings.Builder{}
		for _, c := range conditions {
			text.WriteString(c.Type + "\x00" + string(c.Status) + "\x00" + c.Reason + "\x00" + c.Message + "\x00")
		}
		return text.String()
	}
	return digest(old) == digest(new)
}

func classChanged(old, new *gatewayv1.GatewayClass) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) ||
		!equality.Semantic.DeepEqual(old.Status.SupportedFeatures, new.Status.SupportedFeatures) ||
		!sameConditions(old.Status.Conditions, new.Status.Conditions)
}

// backendChanged tells of changes of a Service that concern the KIngresses whose backend it is.
func backendChanged(old, new *corev1.Service) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) ||
		!equality.Semantic.DeepEqual(old.Labels, new.Labels) ||
		!equality.Semantic.DeepEqual(old.Status.LoadBalancer, new.Status.LoadBalancer)
}

// frontChanged tells of changes of a Service that concern the KIngresses on the Gateway whose pods it
// leads to. Of its labels only those count by which it is found.
func frontChanged(old, new *corev1.Service) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) || !equality.Semantic.DeepEqual(old.Status.LoadBalancer, new.Status.LoadBalancer) ||
		slices.ContainsFunc(dataplane.Labels, func(label string) bool { return old.Labels[label] != new.Labels[label] })
}

// endpointsChanged tells of changes to the pods of a data plane. It leaves out their nodes and zones,
// and the hints for routing, which may change with the load.
func endpointsChanged(old, new *discoveryv1.EndpointSlice) bool {
	return old.Labels[discoveryv1.LabelServiceName] != new.Labels[discoveryv1.LabelServiceName] ||
		!equality.Semantic.DeepEqual(old.Ports, new.Ports) || !slices.EqualFunc(old.Endpoints, new.Endpoints, sameEndpoint)
}

func sameEndpoint(a, b discoveryv1.Endpoint) bool {
	return slices.Equal(a.Addresses, b.Addresses) &&
		equality.Semantic.DeepEqual(a.Conditions.Ready, b.Conditions.Ready) && equality.Semantic.DeepEqual(a.TargetRef, b.TargetRef)
}
