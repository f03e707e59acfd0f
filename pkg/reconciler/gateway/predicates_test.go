// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestCountsOfRoutesAreNoNews: B-OPS-5, a pass does not follow from a route of a service, whatever a Gateway's status
// counts because of it.
func TestCountsOfRoutesAreNoNews(t *testing.T) {
	tests := []struct {
		name string
		edit func(*gatewayv1.Gateway)
		want bool
	}{
		{"one more route, with the times of now", func(g *gatewayv1.Gateway) {
			g.ResourceVersion, g.Status.Listeners[0].AttachedRoutes = "2", 8
			g.Status.Conditions[0].LastTransitionTime = metav1.NewTime(time.Unix(2, 0))
			g.Status.Listeners[0].Conditions[0].LastTransitionTime = metav1.NewTime(time.Unix(2, 0))
		}, true},
		{"a condition", func(g *gatewayv1.Gateway) { g.Status.Conditions[0].Status = "False" }, false},
		{"a condition's generation", func(g *gatewayv1.Gateway) { g.Status.Conditions[0].ObservedGeneration++ }, false},
		{"a listener's condition", func(g *gatewayv1.Gateway) { g.Status.Listeners[0].Conditions[0].Message = "refused" }, false},
		{"an address", func(g *gatewayv1.Gateway) {
			g.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "203.0.113.1"}}
		}, false},
		{"the spec", func(g *gatewayv1.Gateway) { g.Spec.GatewayClassName = "another" }, false},
		{"a label", func(g *gatewayv1.Gateway) { g.Labels = map[string]string{"zone": "red"} }, false},
		{"it is deleted", func(g *gatewayv1.Gateway) { g.DeletionTimestamp = &metav1.Time{} }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := own("blue", nil)
			before.Status.Conditions = []metav1.Condition{{Type: "Programmed", Status: "True", LastTransitionTime: metav1.NewTime(time.Unix(1, 0))}}
			before.Status.Listeners = []gatewayv1.ListenerStatus{{Name: "http", AttachedRoutes: 7, Conditions: []metav1.Condition{{Type: "Programmed", Status: "True"}}}}
			after := before.DeepCopy()
			test.edit(after)
			if got := onlyCountsDiffer(before, after); got != test.want {
				t.Errorf("onlyCountsDiffer() = %t, want %t", got, test.want)
			}
		})
	}
	if onlyCountsDiffer(&gatewayv1.HTTPRoute{}, &gatewayv1.HTTPRoute{}) {
		t.Error("An HTTPRoute is taken for a Gateway")
	}
}
