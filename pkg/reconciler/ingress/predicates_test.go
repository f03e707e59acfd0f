// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestGatewayChanged: B-OPS-1, B-SEL-6, a change of a Gateway concerns all its KIngresses, a change of
// listeners for KIngresses those with HTTPS, and a count of routes none.
func TestGatewayChanged(t *testing.T) {
	add := func(name string) func(*gatewayv1.Gateway) {
		return func(g *gatewayv1.Gateway) {
			g.Spec.Listeners = append(g.Spec.Listeners, gatewayv1.Listener{Name: gatewayv1.SectionName(name)})
		}
	}
	says := func(generation int64, routes int32) func(*gatewayv1.Gateway) {
		return func(g *gatewayv1.Gateway) {
			g.Status.Listeners = []gatewayv1.ListenerStatus{{Name: "http", AttachedRoutes: routes, Conditions: []metav1.Condition{{Type: "Programmed", ObservedGeneration: generation}}}}
		}
	}
	tests := []struct {
		name         string
		before       func(*gatewayv1.Gateway)
		change       func(*gatewayv1.Gateway)
		all, secured bool
	}{
		{"nothing", says(1, 1), says(1, 1), false, false},
		{"a route more", says(1, 1), says(1, 2), false, false},
		{"the same condition for a later generation", says(1, 1), says(2, 1), false, true},
		{"the same condition at another time", says(1, 1), func(g *gatewayv1.Gateway) {
			says(1, 2)(g)
			g.Status.Listeners[0].Conditions[0].LastTransitionTime = metav1.NewTime(time.Unix(1_800_000_000, 0))
		}, false, false},
		{"another condition of a listener", says(1, 1), func(g *gatewayv1.Gateway) {
			says(1, 1)(g)
			g.Status.Listeners[0].Conditions[0].Status = metav1.ConditionFalse
		}, false, true},
		{"a listener of ours", says(1, 1), add("a.0.net-gateways"), false, true},
		{"a listener of the operator's", says(1, 1), add("wildcard"), true, true},
		{"an address", says(1, 1), func(g *gatewayv1.Gateway) {
			g.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "10.0.0.1"}}
		}, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			old := aGateway("blue")
			test.before(old)
			changed := old.DeepCopy()
			test.change(changed)
			if got := gatewayChanged(old, changed); got != test.all {
				t.Errorf("gatewayChanged() = %t", got)
			}
			if got := listenersChanged(old, changed); got != test.secured {
				t.Errorf("listenersChanged() = %t", got)
			}
		})
	}
}
