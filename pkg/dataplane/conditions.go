// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// CurrentCondition is the condition of a type that a gateway reports for an object at this generation or a
// newer one, or nil.
func CurrentCondition(conditions []metav1.Condition, kind string, generation int64) *metav1.Condition {
	condition := meta.FindStatusCondition(conditions, kind)
	if condition == nil || condition.ObservedGeneration < generation {
		return nil
	}
	return condition
}

// Programmed tells whether the gateway reports a listener as Programmed at this generation of the Gateway or
// the ListenerSet.
func Programmed(conditions []metav1.Condition, generation int64) bool {
	condition := CurrentCondition(conditions, string(gatewayv1.ListenerConditionProgrammed), generation)
	return condition != nil && condition.Status == metav1.ConditionTrue
}
