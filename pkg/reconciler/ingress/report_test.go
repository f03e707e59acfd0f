// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

func network(text string) map[string]string {
	return map[string]string{"Ready": text, "NetworkConfigured": text, "LoadBalancerReady": "True"}
}

// TestBackendDisappears: B-RDY-6, a negative condition of the gateway gets into the status if it stays,
// and out of it when the gateway takes it back; no route is written for either.
func TestBackendDisappears(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.say(publicHost, "ResolvedRefs", metav1.ConditionFalse, "BackendNotFound")
		w.until("the no is seen", w.shows(publicHost, "ResolvedRefs", metav1.ConditionFalse))
		w.reconcile(hello)
		expect(t, "Conditions", isReady, w.conditions("hello"))
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		expect(t, "Conditions", network("False RefsNotResolved: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: ResolvedRefs is False: BackendNotFound: in other words"), w.conditions("hello"))
		w.say(publicHost, "ResolvedRefs", metav1.ConditionTrue, "ResolvedRefs")
		w.until("hello is Ready again", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestGatewayIsBehind: B-RDY-4, a negative condition from before the proof, which the gateway takes back,
// is not reported.
func TestGatewayIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.say(publicHost, "ResolvedRefs", metav1.ConditionFalse, "BackendNotFound")
		w.until("the no is seen", w.shows(publicHost, "ResolvedRefs", metav1.ConditionFalse))
		w.reconcile(hello)
		w.say(publicHost, "ResolvedRefs", metav1.ConditionTrue, "ResolvedRefs")
		w.until("the yes is seen", w.shows(publicHost, "ResolvedRefs", metav1.ConditionTrue))
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Conditions", isReady, w.conditions("hello"))
	})
}

// TestGatewayGoesAndComes: B-SEL-6, B-RDY-6, the status of a KIngress follows its Gateway, and the routes
// stay for when the Gateway is back. The other side is probed meanwhile.
func TestGatewayGoesAndComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.must(w.gateways.Delete(gateways, "gateways", "blue"))
		w.until("the external side is not Ready, the local one is", func() bool {
			return w.is("hello", "False")() && w.conditions("hello")["NetworkConfigured"] == "True"
		})
		text := "False GatewayNotFound: Gateway gateways/blue does not exist: create it, or change `gateway` of external-gateways[0] (gateways/blue) in ConfigMap config-gateway"
		expect(t, "Conditions", map[string]string{"Ready": text, "NetworkConfigured": "True", "LoadBalancerReady": text}, w.conditions("hello"))
		w.store(aGateway("blue"))
		w.until("hello is Ready again", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status"}, w.writes())
	})
}

// TestProbeFails: B-RDY-1, B-RDY-2, Ready means served: without the expected answer nothing is reported
// for a while, then the condition has the code. When the answer comes, the KIngress is Ready by itself.
func TestProbeFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		data.deaf.Store(true)
		w := data.serves(newWorld(t, append(anInstallation(data), aKIngress("hello", 0))...))
		w.until("both routes have failed a probe", func() bool { return w.targets(probe.Failed) == 2 })
		expect(t, "Writes", []string{"create httproutes", "create httproutes"}, w.writes())
		w.clock.SetTime(w.clock.Now().Add(status.GraceBeforeReport))
		w.reconcile(hello)
		address := data.Listener.Addr().String()
		expect(t, "Conditions", network("Unknown ProbeFailed: HTTPRoute default/hello.default.example.com on Gateway gateways/blue: probe of http://hello.default.example.com at "+address+
			": status 404; HTTPRoute default/hello.default.svc.cluster.local on Gateway gateways/inner: probe of http://hello.default at "+address+": status 404"), w.conditions("hello"))
		data.deaf.Store(false)
		w.until("hello is Ready", w.is("hello", "True"))
		expect(t, "Writes", []string{"update ingresses/status", "update ingresses/status"}, w.writes())
	})
}
