// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// shared has one Gateway in both lists.
var shared = lists{config.ExternalGateways: "- {class: envoy, gateway: gateways/blue}", config.LocalGateways: "- {class: envoy, gateway: gateways/blue}"}

// TestOneGatewayForBoth: B-INS-3, B-SEL-7, one Gateway in both lists serves both visibilities and each
// host once. The status says that private hosts can be reached through it from outside.
func TestOneGatewayForBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		older := aKIngress("older", time.Hour)
		older.Spec.Rules = older.Spec.Rules[1:]
		older.Spec.Rules[0].Visibility = v1alpha1.IngressVisibilityClusterLocal
		both := aKIngress("both", 0)
		both.Spec.Rules[0].Hosts, both.Spec.Rules[1].Hosts = []string{"both.example.com", "both.default"}, []string{"both.example.com"}
		w := data.serves(newWorld(t, append(anInstallation(data), older, aKIngress("hello", 0), both, aConfigGateway(shared))...))
		w.until("older and both are Ready, hello has lost its host", func() bool {
			return w.is("older", "True")() && w.is("both", "True")() && w.is("hello", "False HostConflict")()
		})
		exposed := "True LocalGatewayExposed: cluster-local hosts are reachable from outside: Gateway gateways/blue of local-gateways[0] (gateways/blue): external-gateways names it, too"
		expect(t, "LoadBalancerReady", exposed, w.conditions("older")["LoadBalancerReady"])
		serving := map[gatewayv1.Hostname]int{}
		for _, route := range w.routes() {
			for _, host := range route.Spec.Hostnames {
				serving[host]++
			}
		}
		expect(t, "HTTPRoutes by host", map[gatewayv1.Hostname]int{
			publicHost: 1, privateHost: 1, "hello.default": 1, "hello.default.svc": 1, "both.example.com": 1, "both.default": 1,
		}, serving)
	})
}

// TestGatewayLeavesOneList: B-SEL-7, private hosts may stay on a Gateway that is in both
// lists, and leave it at once when it is taken out of the local one.
func TestGatewayLeavesOneList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t), aConfigGateway(shared))
		w.configuration.OnChange(aConfigGateway(lists{config.ExternalGateways: shared[config.ExternalGateways], config.LocalGateways: testConfig[config.LocalGateways]}))
		w.reconcile(hello)
		expect(t, "Gateways of the private host", "inner", string(w.routes()[privateHost].Spec.ParentRefs[0].Name))
		if refs := w.routes()[privateHost].Spec.ParentRefs; len(refs) != 1 {
			t.Errorf("The private host is attached to %v", refs)
		}
	})
}
