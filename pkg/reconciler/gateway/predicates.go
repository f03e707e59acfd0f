// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// onlyCountsDiffer tells whether an object is a Gateway of which nothing has changed but how many routes are attached to
// its listeners, with the times of its conditions: implementations write them anew with every route of every
// service, and a pass reads all HTTPRoutes.
func onlyCountsDiffer(before, after any) bool {
	old, isGateway := before.(*gatewayv1.Gateway)
	if !isGateway {
		return false
	}
	gateway, isGateway := after.(*gatewayv1.Gateway)
	return isGateway && equality.Semantic.DeepEqual(withoutCounts(old), withoutCounts(gateway))
}

// withoutCounts is a Gateway as a pass sees it.
func withoutCounts(gateway *gatewayv1.Gateway) *gatewayv1.Gateway {
	copied := *gateway
	copied.ResourceVersion, copied.ManagedFields = "", nil
	copied.Status.Conditions = withoutTimes(gateway.Status.Conditions)
	copied.Status.Listeners = slices.Clone(gateway.Status.Listeners)
	for i := range copied.Status.Listeners {
		listener := &copied.Status.Listeners[i]
		listener.AttachedRoutes, listener.Conditions = 0, withoutTimes(listener.Conditions)
	}
	return &copied
}

func withoutTimes(conditions []metav1.Condition) []metav1.Condition {
	copied := slices.Clone(conditions)
	for i := range copied {
		copied[i].LastTransitionTime = metav1.Time{}
	}
	return copied
}
