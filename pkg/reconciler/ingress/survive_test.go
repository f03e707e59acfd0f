// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/runtime"
	ktesting "k8s.io/client-go/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// TestPanic: B-OPS-5, a panic over one KIngress, here in a concurrent write of its routes, does not
// affect others. Its status says so, and it is Ready when there is no panic any more.
func TestPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		other := aKIngress("other", 0)
		other.Spec.Rules = other.Spec.Rules[1:]
		other.Spec.Rules[0].Hosts = []string{"other.default.example.com"}
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0), other)...))
		broken := atomic.Bool{}
		broken.Store(true)
		w.gateway.PrependReactor("create", "httproutes", func(action ktesting.Action) (bool, runtime.Object, error) {
			route := action.(ktesting.CreateAction).GetObject().(*gatewayv1.HTTPRoute)
			if broken.Load() && route.Name == publicHost {
				route.Labels = nil
				route.Labels["a"] = "b"
			}
			return false, nil, nil
		})
		w.until("the other is Ready", w.is("other", "True"))
		w.reconcile(hello)
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.until("hello says why it is not", w.is("hello", "Unknown ReconcileFailed: "))
		if text := w.conditions("hello")["Ready"]; !strings.Contains(text, "panic: assignment to entry in nil map") || !strings.Contains(text, "survive_test.go:") {
			t.Errorf("It says %q", text)
		}
		broken.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
	})
}

// TestPanicOfReady: B-OPS-5, B-RDY-4, a panic over a Ready KIngress, here in the goroutine of the
// reconcile, is retried, and Ready stays.
func TestPanicOfReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		ing := w.ingress("hello")
		working := w.r.namespaces
		w.r.namespaces = nil
		for range 3 {
			if err := w.r.Reconcile(t.Context(), hello.String()); err == nil || !strings.Contains(err.Error(), "panic: ") {
				t.Fatalf("Reconcile() = %v", err)
			}
			w.clock.SetTime(w.clock.Now().Add(status.GraceWhenReady))
		}
		w.r.namespaces = working
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		if !status.Equal(ing.Status, w.ingress("hello").Status) {
			t.Error("The status has changed")
		}
	})
}

// TestPanicBeforeAnythingIsSeen: B-OPS-5, B-RDY-11, if a panic prevents the observation, the KIngress
// says so once the grace has ended.
func TestPanicBeforeAnythingIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		working := w.r.namespaces
		w.r.namespaces = nil
		w.reconcile(hello)
		expect(t, "Conditions", map[string]string{}, w.conditions("hello"))
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		if text := w.conditions("hello")["Ready"]; !strings.HasPrefix(text, "Unknown ReconcileFailed: ") || !strings.Contains(text, "ingress.(*Reconciler).ends (namespaces.go:") {
			t.Errorf("It says %q", text)
		}
		w.r.namespaces = working
		w.until("hello is Ready", w.is("hello", "True"))
	})
}
