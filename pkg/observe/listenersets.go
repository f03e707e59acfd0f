// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Concerns tells whether a ListenerSet that KIngresses own is the KIngress's own, or one that it shares
// or has shared.
func Concerns(ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet) bool {
	return Owns(ing, set) || set.Namespace == ing.Namespace && SecretsIn(set).HasAny(SecretsOf(ing).UnsortedList()...)
}

// Owns tells whether a KIngress is an owner of a ListenerSet.
func Owns(ing *v1alpha1.Ingress, set *gatewayv1.ListenerSet) bool {
	return set.Namespace == ing.Namespace && slices.ContainsFunc(set.OwnerReferences, func(ref metav1.OwnerReference) bool { return ref.UID == ing.UID })
}

// SecretsIn are the Secrets that the listeners of a ListenerSet name.
func SecretsIn(set *gatewayv1.ListenerSet) sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, listener := range set.Spec.Listeners {
		if listener.TLS != nil {
			for _, ref := range listener.TLS.CertificateRefs {
				found.Insert(types.NamespacedName{Namespace: set.Namespace, Name: string(ref.Name)})
			}
		}
	}
	return found
}

// gatewayBehind is the Gateway of a route's parentRef, directly or through a ListenerSet; empty if it is
// not known.
func (r *Relations) gatewayBehind(route *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) types.NamespacedName {
	return dataplane.GatewayBehind(parent, route.Namespace, r.ListenerSets)
}
