// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// renderAnew names the listener in config-gateway, so that the same generation of hello is rendered in
// another way.
func (w *world) renderAnew() {
	w.r.config.OnConfigMap(&corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "config-gateway", UID: "configured"},
		Data: map[string]string{
			"external-gateways": "- {class: envoy, gateway: gateways/blue, http-listener-name: http}",
			"local-gateways":    "- {class: envoy, gateway: gateways/inner, http-listener-name: http}",
		},
	})
}

func (w *world) failing(kind probe.Kind) func() bool {
	return func() bool {
		count := 0
		for _, result := range w.known().Results {
			if result.State == probe.Failed && result.Kind == kind {
				count++
			}
		}
		return count == 2
	}
}

// TestRenderedAnew: B-RDY-10, an unchanged generation that is rendered anew stays Ready, without a write,
// while its former version answers. After a while an advisory says so. It is not Ready if neither version
// has answered for 15 s.
func TestRenderedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		stands := w.routes()
		data.stands.Store(&stands)
		w.renderAnew()
		w.until("the former version answers", w.failing(probe.FormerVersion))
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
		w.pass(status.GraceWhenServed - 2*time.Second)
		expect(t, "Writes while the former version answers", []string{}, w.writes())
		expect(t, "Conditions then", isReady, w.conditions("hello"))

		w.pass(time.Minute)
		expect(t, "Writes when that lasts", []string{"update ingresses/status"}, w.writes())
		if got := w.conditions("hello"); got["Ready"] != "True" || !strings.HasPrefix(got["NetworkConfigured"], "True ProbeFailed: served as before, because: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: ") ||
			!strings.Contains(got["NetworkConfigured"], ": status 200 from the former version") {
			t.Errorf("Conditions %v", got)
		}

		data.deaf.Store(true)
		w.pass(status.GraceWhenReady - time.Second)
		expect(t, "Ready for 14 s", "True", w.conditions("hello")["Ready"])
		w.pass(6 * time.Second)
		expect(t, "Not Ready after 15", true, w.is("hello", "Unknown ProbeFailed: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: probe of http")())
		w.writes()

		data.stands.Store(nil)
		data.deaf.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes of the proof", []string{"update ingresses/status"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestRenderedAnewAndLost: B-RDY-10, B-RDY-1, if neither version answers from the change on, Ready ends
// after 15 s.
func TestRenderedAnewAndLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		data.deaf.Store(true)
		w.renderAnew()
		w.pass(status.GraceWhenReady - time.Second)
		expect(t, "Ready for 14 s", isReady, w.conditions("hello"))
		w.pass(5 * time.Second)
		expect(t, "Not Ready after 15", true, w.is("hello", "Unknown ProbeFailed")())
	})
}

// TestRenderedAnewAndReborn: B-RDY-10, B-RDY-4, a new leader knows that a generation was proven in another version.
func TestRenderedAnewAndReborn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		before := aReadyWorld(t, data)
		stands := before.routes()
		data.stands.Store(&stands)
		w := aNewLeader(before, data)
		w.renderAnew()
		w.pass(time.Minute)
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
		data.stands.Store(nil)
		w.pass(5 * time.Second)
		expect(t, "Writes of the proof", []string{"update ingresses/status"}, w.writes())
		expect(t, "Questions that are left", 0, len(w.known().Results))
	})
}

// TestNewGenerationIsNoRendering: B-RDY-10, B-RDY-1, answers of an older generation neither make a new
// one Ready nor keep it so.
func TestNewGenerationIsNoRendering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		stands := w.routes()
		data.stands.Store(&stands)
		w.changeIngress("hello", toNextGeneration)
		w.until("the older generation answers", w.failing(probe.WrongHash))
		w.pass(status.GraceBeforeReport + time.Second)
		expect(t, "Not Ready", true, w.is("hello", "Unknown ProbeFailed: ")())
	})
}

// TestRenderedAnewBehindAGuard: B-RDY-10, B-RDY-12, behind an auth proxy, the gateway's conditions of the
// former rendering count until it has reported on the new one.
func TestRenderedAnewBehindAGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.guarded.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		w.until("both routes have been refused", func() bool { return w.targets(probe.Failed) == 2 })
		w.accept(publicHost)
		w.accept(privateHost)
		w.until("hello is Ready", w.is("hello", "True"))
		degraded := w.conditions("hello")
		w.pass(time.Second)
		w.writes()
		w.renderAnew()
		w.pass(time.Minute)
		expect(t, "Writes", []string{"patch httproutes", "patch httproutes"}, w.writes())
		expect(t, "Conditions", degraded, w.conditions("hello"))
		w.accept(publicHost)
		w.accept(privateHost)
		w.pass(time.Second)
		expect(t, "Writes of the proof", []string{"update ingresses/status"}, w.writes())
		expect(t, "Conditions then", degraded, w.conditions("hello"))
	})
}
