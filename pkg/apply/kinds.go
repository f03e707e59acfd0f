// SPDX-License-Identifier: Apache-2.0

package apply

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/certificates"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
)

// Object is one of the kinds that the controller writes. Another kind needs an entry here and in
// kindOf, and a constructor of its Applier.
type Object interface {
	metav1.Object
	*gatewayv1.HTTPRoute | *gatewayv1.ListenerSet | *gatewayv1.BackendTLSPolicy | *gatewayv1beta1.ReferenceGrant | *corev1.ConfigMap
}

// kind is what Plan and Apply need to know of an object.
type kind struct {
	version, name string
	// whole are the controller's fields that an apply replaces as a whole, by their names.
	whole map[string]any
	// list is the field of the spec to which other field managers may add, empty if there is none; entries
	// are the controller's in it, by key.
	list    string
	entries map[string]any
}

var gatewayAPI = gatewayv1.GroupVersion.String()

// kindOf returns the controller's fields of an object.
func kindOf(object metav1.Object) kind {
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		return kind{version: gatewayAPI, name: "HTTPRoute", whole: map[string]any{"spec.parentRefs": object.Spec.ParentRefs, "spec.hostnames": object.Spec.Hostnames, "spec.rules": withoutNames(object.Spec.Rules)}}
	case *gatewayv1.ListenerSet:
		found := kind{version: gatewayAPI, name: "ListenerSet", whole: map[string]any{"spec.parentRef": object.Spec.ParentRef}, list: "listeners", entries: map[string]any{}}
		for _, listener := range object.Spec.Listeners {
			found.entries[string(listener.Name)] = listener
		}
		return found
	case *gatewayv1.BackendTLSPolicy:
		return kind{version: gatewayAPI, name: "BackendTLSPolicy", whole: map[string]any{"spec.targetRefs": object.Spec.TargetRefs, "spec.validation": object.Spec.Validation}}
	case *corev1.ConfigMap: // of which one key is ours
		return kind{version: corev1.SchemeGroupVersion.String(), name: "ConfigMap", whole: map[string]any{"data." + certificates.CaCertName: object.Data[certificates.CaCertName]}}
	case *gatewayv1beta1.ReferenceGrant: // not every supported release of the Gateway API serves v1
		return kind{version: gatewayv1beta1.GroupVersion.String(), name: "ReferenceGrant", whole: map[string]any{"spec.from": object.Spec.From, "spec.to": object.Spec.To}}
	case *gatewayv1.Gateway:
		return kind{version: gatewayAPI, name: "Gateway"}
	}
	return kind{} // Object admits no other
}
