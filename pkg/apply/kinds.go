// SPDX-License-Identifier: Apache-2.0

package apply

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Object is one of the kinds that we write. A kind more is named here and in kindOf, and
// gets a constructor of its Applier.
type Object interface {
	metav1.Object
	*gatewayv1.HTTPRoute | *gatewayv1.ListenerSet
}

// kind is what writing an object depends on.
type kind struct {
	name string
	// whole are the fields of the spec that are ours and that an apply replaces as a whole.
	whole []any
	// list is the field of the spec that others may add to, with our entries by their
	// key. Without one it is empty.
	list    string
	entries map[string]any
}

// kindOf says what of an object is ours. It is the only place that tells kinds apart.
func kindOf(object metav1.Object) kind {
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		return kind{name: "HTTPRoute", whole: []any{object.Spec.ParentRefs, object.Spec.Hostnames, object.Spec.Rules}}
	case *gatewayv1.ListenerSet:
		found := kind{name: "ListenerSet", whole: []any{object.Spec.ParentRef}, list: "listeners", entries: map[string]any{}}
		for _, listener := range object.Spec.Listeners {
			found.entries[string(listener.Name)] = listener
		}
		return found
	}
	return kind{} // Object admits no other
}
