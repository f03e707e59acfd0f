// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// TestAddressStays: B-RDY-8, B-RDY-5, a published IP stays whatever the order of the Gateway's addresses
// is, if there are none for a while, and if a Service is found; also for new generations, and for a
// KIngress that was not Ready meanwhile.
func TestAddressStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w, _ := aPublishingWorld(t, data, true)
		addresses := func(values ...string) func(*gatewayv1.Gateway) {
			return func(gateway *gatewayv1.Gateway) {
				gateway.Status.Addresses = nil
				for _, value := range values {
					gateway.Status.Addresses = append(gateway.Status.Addresses, gatewayv1.GatewayStatusAddress{Value: value})
				}
			}
		}
		stays := func(when string) {
			t.Helper()
			w.pass(time.Minute)
			expect(t, "Published "+when, [2]string{balancer, balancer}, w.published())
		}
		w.gatewayBecomes("inner", addresses("203.0.113.2", balancer))
		stays("in another order")
		w.gatewayBecomes("inner", addresses())
		stays("while the Gateway lists none")
		for _, object := range append(aFront("inner", data), aFront("blue", data)...) {
			w.store(object)
		}
		stays("with a Service")
		expect(t, "Writes", []string{}, w.writes())

		data.deaf.Store(true)
		w.changeIngress("hello", toNextGeneration)
		w.pass(time.Minute)
		expect(t, "The new generation is not Ready", true, w.is("hello", "Unknown")())
		data.deaf.Store(false)
		w.until("hello is Ready again", w.is("hello", "True"))
		stays("for a new generation that was not served for a while")

		w.gatewayBecomes("inner", addresses("203.0.113.2"))
		w.pass(time.Minute)
		expect(t, "Published when the Gateway lists another", [2]string{balancer, "203.0.113.2"}, w.published())
	})
}

// TestAddressWithStatusProof: B-RDY-8, B-RDY-5, the same if the Gateway's status is the proof.
func TestAddressWithStatusProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		objects := []runtime.Object{}
		for _, object := range anInstallation(newPlane(t)) {
			if gateway, ok := object.(*gatewayv1.Gateway); ok {
				gateway.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "203.0.113.1"}, {Value: "203.0.113.2"}}
			}
			if !isFront(object) {
				objects = append(objects, object)
			}
		}
		w := newWorld(t, append(objects, aKIngress("hello", 0), aConfigGateway(map[string]string{
			"external-gateways": "- {class: envoy, gateway: gateways/blue, probe: status}",
			"local-gateways":    "- {class: envoy, gateway: gateways/inner, probe: status}",
		}))...)
		w.until("the routes are written", func() bool { return len(w.routes()) == 2 })
		w.accept(publicHost)
		w.accept(privateHost)
		w.until("hello is Ready", w.is("hello", "True"))
		w.writes()
		w.gatewayBecomes("blue", func(gateway *gatewayv1.Gateway) {
			gateway.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Value: "203.0.113.2"}, {Value: "203.0.113.1"}}
		})
		w.pass(time.Minute)
		expect(t, "Writes", []string{}, w.writes())
		expect(t, "Published", [2]string{"203.0.113.1", "203.0.113.1"}, w.published())
		w.gatewayBecomes("blue", withoutAddress)
		w.pass(time.Minute)
		expect(t, "Ready by the Gateway's word", metav1.ConditionUnknown, metav1.ConditionStatus(strings.Fields(w.conditions("hello")["Ready"])[0]))
		expect(t, "Published", [2]string{"203.0.113.1", "203.0.113.1"}, w.published())
	})
}
