// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// eachMarker changes the markers of a route and returns what they were.
func eachMarker(route *gatewayv1.HTTPRoute, change func(string) string) (before []string) {
	for _, rule := range route.Spec.Rules {
		for _, filter := range rule.Filters {
			if filter.ResponseHeaderModifier == nil {
				continue
			}
			for i, header := range filter.ResponseHeaderModifier.Set {
				if header.Name == probe.MarkerHeader {
					before = append(before, header.Value)
					filter.ResponseHeaderModifier.Set[i].Value = change(header.Value)
				}
			}
		}
	}
	return before
}

// TestMarkerTellsNoUID: B-OPS-5, clients of a host do not learn the UID of an object from the marker.
func TestMarkerTellsNoUID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		seen := 0
		for _, route := range w.routes() {
			for _, marker := range eachMarker(route, func(marker string) string { return marker }) {
				if seen++; strings.Contains(marker, "uid-of-hello") {
					t.Errorf("HTTPRoute %s answers with marker %q", route.Name, marker)
				}
			}
		}
		expect(t, "Markers", 2, seen)
	})
}

// TestUpgradeFromPlainMarkers: B-RDY-10, B-RDY-4, routes of a release that did not hash its markers are
// rewritten, and services stay Ready while data planes still answer with the old markers, even if
// something else of the routes changes, too.
func TestUpgradeFromPlainMarkers(t *testing.T) {
	for name, anew := range map[string]func(*world){"the marker alone": func(*world) {}, "another rendering": (*world).renderAnew} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				before := aReadyWorld(t, data)
				stands := before.routes()
				for name, route := range stands {
					stands[name] = route.DeepCopy()
					eachMarker(stands[name], func(string) string { return "uid-of-hello.1" })
					w := before.gateway.Tracker()
					before.must(w.Update(httpRoutes, stands[name].DeepCopy(), "default"))
				}
				data.stands.Store(&stands)
				w := aNewLeader(before, data)
				anew(w)
				w.pass(status.GraceWhenServed - 2*time.Second)
				expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
				expect(t, "Conditions", isReady, w.conditions("hello"))
				data.stands.Store(nil)
				w.pass(10 * time.Second)
				expect(t, "Conditions then", isReady, w.conditions("hello"))
				expect(t, "Questions that are left", 0, len(w.known().Results))
			})
		})
	}
}
