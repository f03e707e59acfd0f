// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
)

// TestExposedByAddress: B-SEL-7, the published address of a local Gateway without a Service in the
// cluster shows that it is exposed. That is written once, with the address.
func TestExposedByAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := data.serves(newWorld(t, append(anInstallationWithAddress(data, "203.0.113.9"), aKIngress("hello", 0))...))
		w.answersAt("203.0.113.9:80", data)
		w.until("hello is Ready", w.is("hello", "True"))
		w.drain()
		const text = "cluster-local hosts are reachable from outside: Gateway gateways/inner of local-gateways[0] (gateways/inner): it publishes address 203.0.113.9, which is not a private one"
		expect(t, "LoadBalancerReady", "True LocalGatewayExposed: "+text, w.conditions("hello")["LoadBalancerReady"])
		expect(t, "Events", []string{"LocalGatewayExposed " + text}, w.said())
		expect(t, "Writes", []string{"create httproutes", "create httproutes", "update ingresses/status"}, w.writes())
	})
}
