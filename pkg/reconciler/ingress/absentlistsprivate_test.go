// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestBecomesPrivateWithoutLists: B-SEL-7, a host that becomes private leaves the external Gateway at
// once, even if the lists are absent; all else stays.
func TestBecomesPrivateWithoutLists(t *testing.T) {
	for name, start := range map[string]struct {
		data lists
		edit func(*v1alpha1.Ingress, *gatewayv1.HTTPRoute)
	}{
		"both lists are gone":        {data: lists{}},
		"only the local list":        {data: listsWithout(config.ExternalGateways)},
		"it is refused":              {data: lists{config.ExternalGateways: "- klass: a"}},
		"routes of an older version": {data: lists{}, edit: unlabelled},
		"routes of the plugin":       {data: lists{}, edit: fromPlugin},
	} {
		inBubble(t, name, func(t *testing.T) {
			data := newPlane(t)
			objects := aServedInstallation(t, data, start.edit)
			w := data.serves(newWorld(t, append(objects, aConfigGateway(start.data))...))
			w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Spec.Rules[1].Visibility = v1alpha1.IngressVisibilityClusterLocal })
			w.until("nothing is public", func() bool {
				for _, route := range w.routes() {
					for _, ref := range route.Spec.ParentRefs {
						if ref.Name == "blue" {
							return false
						}
					}
				}
				return true
			})
			if w.routes()[privateHost] == nil {
				t.Errorf("HTTPRoutes %v", maps.Collect(maps.All(w.routes())))
			}
		})
	}
}

// TestPartBecomesPrivateWithoutLists: B-SEL-7, B-INS-9, if one host of a route becomes private, its other
// hosts stay.
func TestPartBecomesPrivateWithoutLists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		two := aKIngress("older", 0)
		two.Spec.Rules = two.Spec.Rules[1:]
		two.Spec.Rules[0].Hosts = []string{"one.example.com", "two.example.com"}
		w := aReadyWorld(t, data, two)
		w.until("older is Ready", w.is("older", "True"))
		w.restartsWith(lists{})
		w.writes()
		w.changeIngress("older", func(ing *v1alpha1.Ingress) {
			private := ing.Spec.Rules[0].DeepCopy()
			ing.Spec.Rules[0].Hosts, private.Hosts = []string{"one.example.com"}, []string{"two.example.com"}
			private.Visibility = v1alpha1.IngressVisibilityClusterLocal
			ing.Spec.Rules = append(ing.Spec.Rules, *private)
		})
		w.until("older says what to write", w.is("older", "False"))
		expect(t, "Writes", []string{"patch httproutes", "update ingresses/status"}, w.writes())
		for _, route := range w.routes() {
			if slices.Contains(route.Spec.Hostnames, "two.example.com") {
				t.Errorf("HTTPRoute %s has %v", route.Name, route.Spec.Hostnames)
			}
		}
	})
}
