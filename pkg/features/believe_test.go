// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
)

// classOf is a GatewayClass with the condition and features that its controller reports.
func classOf(controller gatewayv1.GatewayController, accepted metav1.ConditionStatus, supported ...gatewayv1.FeatureName) *gatewayv1.GatewayClass {
	class := &gatewayv1.GatewayClass{Spec: gatewayv1.GatewayClassSpec{ControllerName: controller}}
	if accepted != "" {
		class.Status.Conditions = []metav1.Condition{{Type: "Accepted", Status: accepted}}
	}
	for _, name := range supported {
		class.Status.SupportedFeatures = append(class.Status.SupportedFeatures, gatewayv1.SupportedFeature{Name: name})
	}
	return class
}

// TestBelieve: B-INS-9, a class that is gone, refused or forgot its features keeps what was
// known; B-INS-5, a shorter list is believed.
func TestBelieve(t *testing.T) {
	good := classOf("a", metav1.ConditionTrue, "one", "two")
	shorter, silent := classOf("a", metav1.ConditionTrue, "one"), classOf("a", metav1.ConditionTrue)
	for name, c := range map[string]struct{ remembered, seen, want *gatewayv1.GatewayClass }{
		"gone":                              {good, nil, good},
		"gone, and never seen":              {nil, nil, nil},
		"refused":                           {good, classOf("a", metav1.ConditionFalse, "one"), good},
		"refused, and never seen":           {nil, classOf("a", metav1.ConditionFalse, "one"), nil},
		"made anew, and not looked at yet":  {good, classOf("a", metav1.ConditionUnknown), good},
		"without any word":                  {nil, classOf("a", ""), classOf("a", "")},
		"features emptied":                  {good, silent, good},
		"features never filled":             {silent, classOf("a", ""), classOf("a", "")},
		"features shorter":                  {good, shorter, shorter},
		"features longer":                   {shorter, good, good},
		"another controller without a list": {good, classOf("b", metav1.ConditionTrue), classOf("b", metav1.ConditionTrue)},
		"another controller that refuses":   {good, classOf("b", metav1.ConditionFalse), good},
	} {
		t.Run(name, func(t *testing.T) {
			got := features.Believe(c.remembered, c.seen)
			switch {
			case c.want == nil && got != nil, c.want != nil && got == nil:
				t.Errorf("want %v, got %v", c.want, got)
			case got != nil && (got.Spec.ControllerName != c.want.Spec.ControllerName || len(got.Status.SupportedFeatures) != len(c.want.Status.SupportedFeatures)):
				t.Errorf("want %v, got %v", c.want, got)
			}
		})
	}
}
