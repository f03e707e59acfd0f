// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// KindListenerSet is the kind of ListenerSets in parentRefs.
const KindListenerSet gatewayv1.Kind = "ListenerSet"

// IsListenerSet tells whether a parentRef names a ListenerSet.
func IsListenerSet(ref gatewayv1.ParentReference) bool {
	return ref.Kind != nil && *ref.Kind == KindListenerSet
}

// GatewayBehind is the Gateway that a parentRef of an HTTPRoute leads to, directly or through one of the known
// ListenerSets of the HTTPRoute's namespace; empty if it leads to none.
func GatewayBehind(ref gatewayv1.ParentReference, namespace string, known map[string]*gatewayv1.ListenerSet) types.NamespacedName {
	switch {
	case IsListenerSet(ref):
		if set := known[string(ref.Name)]; set != nil {
			return GatewayOfSet(set)
		}
		return types.NamespacedName{}
	case ref.Kind != nil && *ref.Kind != "Gateway":
		return types.NamespacedName{}
	}
	return gatewayNamed(ref.Name, ref.Namespace, namespace)
}

// GatewayOfSet is the Gateway of a ListenerSet.
func GatewayOfSet(set *gatewayv1.ListenerSet) types.NamespacedName {
	return gatewayNamed(set.Spec.ParentRef.Name, set.Spec.ParentRef.Namespace, set.Namespace)
}

func gatewayNamed(name gatewayv1.ObjectName, namespace *gatewayv1.Namespace, local string) types.NamespacedName {
	if namespace != nil {
		local = string(*namespace)
	}
	return types.NamespacedName{Namespace: local, Name: string(name)}
}
