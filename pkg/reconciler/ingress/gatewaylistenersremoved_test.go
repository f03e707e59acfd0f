// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// TestListenerGoes: B-TLS-1, B-OPS-4, a listener is removed after the drain time if spec.tls does not
// name its host any more, and if another class has taken over; its grant and the finalizer go, too.
func TestListenerGoes(t *testing.T) {
	tests := map[string]func(*world){
		"TLS": func(w *world) {
			w.changeIngress("hello", func(ing *v1alpha1.Ingress) { ing.Spec.TLS = nil })
			w.until("hello is served as before", func() bool { return w.is("hello", "True")() && w.ingress("hello").Status.ObservedGeneration == 2 })
			if len(w.listenersOf("blue")) != 2 {
				t.Error("The listener went with its entry in spec.tls")
			}
			w.clock.SetTime(w.clock.Now().Add(time.Hour))
			w.reconcile(hello)
		},
		"class": func(w *world) {
			w.changesClass("hello", "other")
			w.drain()
			expect(w.T, "Listeners while no other plugin serves", 2, len(w.listenersOf("blue")))
			w.takeOver("hello", "192.0.2.1")
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
				change(w)
				w.until("nothing is left", func() bool { return w.free() && len(w.grants()) == 0 })
				expect(t, "Listeners", []string{"http"}, w.listenersOf("blue"))
			})
		})
	}
}

// TestListenerOfOthers: B-OPS-4, B-TRN-5, a listener that another manager applies, too, stays when the
// KIngress is deleted, whether it applies all of it or not, and does not block the deletion.
func TestListenerOfOthers(t *testing.T) {
	for name, content := range map[string]string{
		"all of it":    `"port":443,"protocol":"HTTPS"`,
		"a part of it": `"tls":{"options":{"example.com/ciphers":"strong"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
				body := fmt.Sprintf(`{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"namespace":"gateways","name":"blue","uid":"blue"},`+
					`"spec":{"listeners":[{"name":%q,%s}]}}`, w.listenersOf("blue")[1], content)
				_, err := w.gateway.GatewayV1().Gateways("gateways").Patch(t.Context(), "blue", types.ApplyPatchType, []byte(body), metav1.PatchOptions{FieldManager: "gitops", Force: new(true)})
				w.must(err)
				w.deleted("hello")
				w.until("hello may go", w.free)
				expect(t, "Listeners", 2, len(w.listenersOf("blue")))
			})
		})
	}
}

// TestListenerOnGatewayThatIsGone: B-OPS-4, if the Gateway is deleted, there are no listeners to remove.
func TestListenerOnGatewayThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorldOnGateway(t, v1alpha1.HTTPOptionEnabled)
		w.must(w.gateways.Delete(gateways, "gateways", "blue"))
		w.until("hello says so", w.is("hello", "False GatewayNotFound"))
		expect(t, "Grants", 1, len(w.grants())) // they stay for when the Gateway is back
		w.deleted("hello")
		w.until("hello may go", w.free)
	})
}
