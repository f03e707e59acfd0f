// SPDX-License-Identifier: Apache-2.0

package features

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Believe chooses which state of a GatewayClass to go by: the one that is seen now, nil when
// there is none, or the last one that was believed, nil when nothing is remembered. A class
// that goes for a moment, or whose controller is away and takes back what it said, does not
// make its gateways forget what they can do (SPEC B-INS-9). A list of features that became
// shorter is believed, and so is a class that was made anew for another controller.
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

// NotAccepted is why a class's controller refuses it; nil when it does not. A class of which it
// has not said anything is taken for good: not all of them do.
func NotAccepted(class *gatewayv1.GatewayClass) *metav1.Condition {
	accepted := meta.FindStatusCondition(class.Status.Conditions, string(gatewayv1.GatewayClassConditionStatusAccepted))
	if accepted != nil && accepted.Status == metav1.ConditionFalse {
		return accepted
	}
	return nil
}
