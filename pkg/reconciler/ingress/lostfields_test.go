// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// losesFields clears the API server's record of who owns what of a Gateway, and returns once it is seen.
func (w *world) losesFields(name string) {
	w.Helper()
	cleared := w.gatewayNamed(name)
	cleared.ManagedFields = nil
	w.replaces(cleared)
}

// TestListenerWhoseRecordIsLost: B-TLS-1, B-OPS-4, a listener on a Gateway is the KIngress's by its name,
// too, where nothing else tells so any more: it is used, owned again by one write, and goes when it is
// not wanted, though by then another manager owns all of the Gateway.
func TestListenerWhoseRecordIsLost(t *testing.T) {
	for name, ends := range map[string]func(*world){
		"deleted": func(w *world) {
			w.deleted("hello")
			w.until("hello may go", w.free)
		},
		"without TLS": func(w *world) {
			w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Spec.TLS = nil })
			w.pass(time.Hour)
			w.until("hello may go", w.free)
		},
		"deleted before anybody looks": func(w *world) {
			w.losesFields("blue")
			w.deleted("hello")
			w.until("hello may go", w.free)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
				w.writes()
				w.losesFields("blue")
				w.reconcile(hello)
				w.drain()
				expect(t, "Writes", []string{"patch gateways"}, w.writes())
				expect(t, "Listeners", 2, len(w.listenersOf("blue")))
				expect(t, "Conditions", isReady, w.conditions("hello"))
				ends(w)
				expect(t, "Listeners", []string{"http"}, w.listenersOf("blue"))
			})
		})
	}
}
