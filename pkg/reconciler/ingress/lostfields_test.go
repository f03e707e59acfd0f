// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// losesFields clears the managedFields of a Gateway, and returns when informers show that.
func (w *world) losesFields(name string) {
	w.Helper()
	cleared := w.gatewayNamed(name)
	cleared.ManagedFields = nil
	w.replaces(cleared)
}

// TestListenerWhoseRecordIsLost: B-TLS-1, B-OPS-4, if managedFields are lost, a listener on a Gateway is
// the KIngress's by its name: it is used, owned again after one write, and removed when it is not wanted,
// even if another manager owns all of the Gateway by then.
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
		"deleted before the next reconcile": func(w *world) {
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
