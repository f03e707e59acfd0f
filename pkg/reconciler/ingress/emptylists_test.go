// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"testing"
	"testing/synctest"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestNoLocalGateways: B-INS-3, with [] under local-gateways, cluster-local hosts are not served, their
// callers are refused, and the service is Ready by its external host.
func TestNoLocalGateways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := newPlane(t)
		w := aReadyWorld(t, data)
		alone := aKIngress("older", time.Hour)
		alone.Spec.Rules = alone.Spec.Rules[:1]
		w.store(alone)
		w.configuration.OnChange(aConfigGateway(lists{config.ExternalGateways: testConfig[config.ExternalGateways], config.LocalGateways: "[]"}))
		w.until("the local route is gone, and the other service is refused", func() bool {
			return w.routes()[privateHost] == nil && w.is("older", "False GatewayNotConfigured")() && w.ingress("hello").Status.PrivateLoadBalancer.Ingress[0].MeshOnly
		})
		expect(t, "Conditions", map[string]string{
			"Ready": "True", "LoadBalancerReady": "True",
			"NetworkConfigured": "True GatewayNotConfigured: hosts of visibility ClusterLocal are not served: local-gateways in ConfigMap config-gateway is [], write an entry to change that",
		}, w.conditions("hello"))
		expect(t, "privateLoadBalancer", []v1alpha1.LoadBalancerIngressStatus{{MeshOnly: true}}, w.ingress("hello").Status.PrivateLoadBalancer.Ingress)
		if len(w.routes()) != 1 {
			t.Errorf("HTTPRoutes %v", w.routes())
		}
		store, err := w.r.cluster.Ensure(t.Context(), cluster.OurRoutes)
		w.must(err)
		w.until("the informer shows it", func() bool {
			_, there, _ := store.GetByKey("default/" + privateHost)
			return !there
		})
		w.writes()
		w.reconcile(hello)
		expect(t, "Writes", []string{}, w.writes())
	})
}

// TestNoExternalGateways: B-INS-3, with [] under external-gateways, external hosts are not served.
func TestNoExternalGateways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := aReadyWorld(t, newPlane(t))
		w.configuration.OnChange(aConfigGateway(lists{config.ExternalGateways: "[]", config.LocalGateways: testConfig[config.LocalGateways]}))
		w.until("hello is refused", w.is("hello", "False GatewayNotConfigured"))
		after := w.ingress("hello").Status
		if w.routes()[publicHost] != nil || w.routes()[privateHost] == nil || after.PublicLoadBalancer != nil || after.PrivateLoadBalancer == nil {
			t.Errorf("HTTPRoutes %v, load balancers %v and %v", w.routes(), after.PublicLoadBalancer, after.PrivateLoadBalancer)
		}
	})
}
