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

// recreated tells whether two states under one name are of two objects: what happens between
// two lists arrives as one update.
func recreated(old, new any) bool {
	before, err := meta.Accessor(old)
	after, err2 := meta.Accessor(new)
	return err == nil && err2 == nil && before.GetUID() != after.GetUID()
}

// gatewayMatters leaves out the counts of attached routes, which change with every
// route of every service.
func gatewayMatters(old, new *gatewayv1.Gateway) bool {
	return !equality.Semantic.DeepEqual(withoutOurs(old.Spec), withoutOurs(new.Spec)) ||
		!equality.Semantic.DeepEqual(old.Labels, new.Labels) ||
		!equality.Semantic.DeepEqual(old.Status.Addresses, new.Status.Addresses) ||
		!sameConditions(old.Status.Conditions, new.Status.Conditions)
}

// withoutOurs is the spec without the listeners that KIngresses have there.
func withoutOurs(spec gatewayv1.GatewaySpec) gatewayv1.GatewaySpec {
	spec.Listeners = slices.DeleteFunc(slices.Clone(spec.Listeners), func(listener gatewayv1.Listener) bool {
		return strings.HasSuffix(string(listener.Name), dataplane.ListenerSuffix)
	})
	return spec
}

// listenersMatter tells of changes to listeners and to what the gateway says of them, also
// when it says the same of a later generation: that is what those who changed it wait for.
// When it was said is no news: gateways say all of it anew with every count of routes.
func listenersMatter(old, new *gatewayv1.Gateway) bool {
	return !equality.Semantic.DeepEqual(old.Spec.Listeners, new.Spec.Listeners) ||
		!slices.EqualFunc(old.Status.Listeners, new.Status.Listeners, func(a, b gatewayv1.ListenerStatus) bool {
			return a.Name == b.Name && sameWord(a.Conditions, b.Conditions)
		})
}

// sameObject tells whether two states of a ListenerSet are the same but for what the gateway says.
func sameObject(old, new *gatewayv1.ListenerSet) bool {
	return equality.Semantic.DeepEqual(old.Spec, new.Spec) && equality.Semantic.DeepEqual(old.DeletionTimestamp, new.DeletionTimestamp) &&
		equality.Semantic.DeepEqual(old.OwnerReferences, new.OwnerReferences) &&
		maps.Equal(old.Labels, new.Labels) && maps.Equal(old.Annotations, new.Annotations)
}

// sameSet tells whether those that are served by a ListenerSet may go on as before: like
// listenersMatter it leaves out counts of routes and times.
func sameSet(old, new *gatewayv1.ListenerSet) bool {
	return equality.Semantic.DeepEqual(old.Spec, new.Spec) && sameWord(old.Status.Conditions, new.Status.Conditions) &&
		slices.EqualFunc(old.Status.Listeners, new.Status.Listeners, func(a, b gatewayv1.ListenerEntryStatus) bool {
			return a.Name == b.Name && sameWord(a.Conditions, b.Conditions)
		})
}

// sameWord tells whether conditions say the same, of the same generation.
func sameWord(old, new []metav1.Condition) bool {
	return sameConditions(old, new) && slices.EqualFunc(old, new, sameGeneration)
}

func sameGeneration(a, b metav1.Condition) bool { return a.ObservedGeneration == b.ObservedGeneration }

// sameConditions tells whether conditions say the same, no matter since when and of which
// generation.
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

func classMatters(old, new *gatewayv1.GatewayClass) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) ||
		!equality.Semantic.DeepEqual(old.Status.SupportedFeatures, new.Status.SupportedFeatures) ||
		!sameConditions(old.Status.Conditions, new.Status.Conditions)
}

// serviceMatters is for those who have the Service as a backend.
func serviceMatters(old, new *corev1.Service) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) ||
		!equality.Semantic.DeepEqual(old.Labels, new.Labels) ||
		!equality.Semantic.DeepEqual(old.Status.LoadBalancer, new.Status.LoadBalancer)
}

// frontMatters is for those whose data plane it is the front of: they go by no other label.
func frontMatters(old, new *corev1.Service) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) || !equality.Semantic.DeepEqual(old.Status.LoadBalancer, new.Status.LoadBalancer) ||
		slices.ContainsFunc(dataplane.Labels, func(label string) bool { return old.Labels[label] != new.Labels[label] })
}

// sliceMatters leaves out where the pods are and where traffic should go, which may change with the
// load.
func sliceMatters(old, new *discoveryv1.EndpointSlice) bool {
	return old.Labels[discoveryv1.LabelServiceName] != new.Labels[discoveryv1.LabelServiceName] ||
		!equality.Semantic.DeepEqual(old.Ports, new.Ports) || !slices.EqualFunc(old.Endpoints, new.Endpoints, sameEndpoint)
}

func sameEndpoint(a, b discoveryv1.Endpoint) bool {
	return slices.Equal(a.Addresses, b.Addresses) &&
		equality.Semantic.DeepEqual(a.Conditions.Ready, b.Conditions.Ready) && equality.Semantic.DeepEqual(a.TargetRef, b.TargetRef)
}
