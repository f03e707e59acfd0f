// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Said is the condition of a type that a gateway reports of an object at this generation or a
// newer one; nil where it reports none.
func Said(said []metav1.Condition, kind string, generation int64) *metav1.Condition {
	condition := meta.FindStatusCondition(said, kind)
	if condition == nil || condition.ObservedGeneration < generation {
		return nil
	}
	return condition
}

// Programmed tells whether the gateway says of a listener that it works, as the Gateway or the
// ListenerSet of this generation has it.
func Programmed(said []metav1.Condition, generation int64) bool {
	condition := Said(said, string(gatewayv1.ListenerConditionProgrammed), generation)
	return condition != nil && condition.Status == metav1.ConditionTrue
}
