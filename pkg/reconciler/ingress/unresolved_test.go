// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// TestAttachedUnresolvedBackend: B-PTH-5, B-PTH-7, a backend that does not exist costs the other rules of its HTTPRoute nothing,
// though the gateway reports ResolvedRefs as False for what is rendered: they stay served, and their backends are rolled out.
func TestAttachedUnresolvedBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		api := aPath("api")
		gone := *api.Spec.Rules[0].DeepCopy()
		gone.Matches[0].Path.Value, gone.BackendRefs[0].Name = new("/gone"), gatewayv1.ObjectName("gone")
		api.Spec.Rules = append(api.Spec.Rules, gone)
		w := aWorldOfServices(t, data, anInstallation(data), api)
		w.until("it is served", w.isServed("api"))
		w.drain()
		w.writes()
		refuse := func() {
			for _, name := range w.renderedFor() {
				w.say(name, "ResolvedRefs", "False", "InvalidKind")
			}
		}
		refuse()
		w.pass(2 * status.GraceWhenReady)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Served", true, w.isServed("api")())
		expect(t, "ResolvedRefs", true, strings.HasPrefix(w.entry("api")["ResolvedRefs"], "False BackendNotFound"))

		w.changeIngress("users", toRevision("users-00002"))
		w.until("requests go to the new Revision", func() bool {
			refuse()
			return slices.Contains(strings.Fields(w.leadTo()), "users-00002")
		})
		w.drain()
		expect(t, "Leads to", "gone users-00002", w.leadTo())
		refuse()
		w.pass(2 * status.GraceWhenReady)
		expect(t, "Served", true, w.isServed("api")())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}
