// SPDX-License-Identifier: Apache-2.0

package features

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Believe chooses which state of a GatewayClass counts: the one seen now (nil if there is none) or the last one
// that counted (nil if there was none). While a class does not exist, is not accepted or has lost its whole list of
// features, the last one counts, because its gateways still can do the same (SPEC B-INS-9). The state seen now counts
// with a shorter list, and for another controller.
func Believe(remembered, seen *gatewayv1.GatewayClass) *gatewayv1.GatewayClass {
	switch {
	case seen == nil || NotAccepted(seen) != nil:
		return remembered
	case remembered == nil || remembered.Spec.ControllerName != seen.Spec.ControllerName:
		return seen
	case len(seen.Status.SupportedFeatures) == 0 && len(remembered.Status.SupportedFeatures) > 0:
		return remembered
	}
	return seen
}

// NotAccepted is the condition with which a class's controller refuses it, or nil. A class without the condition
// counts as accepted, because not all controllers set it.
func NotAccepted(class *gatewayv1.GatewayClass) *metav1.Condition {
	accepted := meta.FindStatusCondition(class.Status.Conditions, string(gatewayv1.GatewayClassConditionStatusAccepted))
	if accepted != nil && accepted.Status == metav1.ConditionFalse {
		return accepted
	}
	return nil
}
