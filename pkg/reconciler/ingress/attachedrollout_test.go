// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// TestAttachedMoves: B-PTH-6, the address of the new Gateway is published once that serves the paths that were
// served before, and at the latest after the drain time.
func TestAttachedMoves(t *testing.T) {
	for name, answers := range map[string]bool{"answers": true, "never answers": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				data := newPlane(t)
				w := aWorldOfServices(t, data, anInstallation(data), aPath("api"))
				w.until("it is served", w.isServed("api"))
				published := func() bool {
					return w.ingress("hello").Status.PublicLoadBalancer.Ingress[0].DomainInternal == "envoy-green.gateways.svc.cluster.local"
				}
				data.breaks("users-00001")
				w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Labels["gateway"] = "green" })
				w.pass(30 * time.Second)
				expect(t, "Published", false, published())
				expect(t, "Ready", true, w.is("hello", "True")())
				if answers {
					data.breaks()
				}
				w.until("the new address is published", published)
				if answers {
					w.until("it is served", func() bool {
						return strings.Contains(w.entry("api")["Served"], "True Served: on Gateway gateways/green")
					})
				}
				w.pass(2 * config.DefaultDrain)
				for _, name := range []string{publicHost, publicHost + names.AttachedSuffix("api")} {
					expect(t, "Gateways of "+name, 1, len(w.routes()[name].Spec.ParentRefs))
				}
				expect(t, "Ready", true, w.is("hello", "True")())
			})
		})
	}
}

// TestAttachedIsWarmed: B-PTH-6, where the gateway does not warm backends, a new one gets no requests until it
// answers, and the old one is retained until requests go elsewhere: three writes of each route.
func TestAttachedIsWarmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aWorldOfServices(t, data, anInstallationWithoutWarming(data), aPath("api"))
		w.until("it is served", w.isServed("api"))
		w.drain()
		data.breaks("users-00002")
		w.changeIngress("users", toRevision("users-00002"))
		w.pass(10 * time.Second)
		expect(t, "Leads to", "users-00001", w.leadTo())
		expect(t, "Served", true, w.isServed("api")())
		data.breaks()
		w.until("requests go to the new Revision", func() bool { return w.leadTo() == "users-00002" })
		w.drain()
		for _, name := range w.renderedFor() {
			expect(t, "Rules of "+name, 2, len(w.routes()[name].Spec.Rules))
		}
	})
}
