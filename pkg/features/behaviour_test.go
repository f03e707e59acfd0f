// SPDX-License-Identifier: Apache-2.0

package features_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
)

const (
	istio   = "istio.io/gateway-controller"
	contour = "projectcontour.io/gateway-controller"
)

// TestBehaviours: B-INS-3, B-RDY-3, a row has one fact and how it is known.
func TestBehaviours(t *testing.T) {
	for i, row := range features.Behaviours() {
		facts := 0
		for _, has := range []bool{row.Warms, row.Merges, row.WithoutProxies != "", row.Services != nil, row.Private != nil} {
			if has {
				facts++
			}
		}
		if facts != 1 || row.Known == "" || row.Controller == "" {
			t.Errorf("Row %d has %d facts: %+v", i, facts, row)
		}
	}
}

// TestBehaviourOf: B-RDY-3, B-RDY-4, B-SEL-7, what is known of one controller counts for no other, and without a row the
// careful way is taken.
func TestBehaviourOf(t *testing.T) {
	type known struct {
		Warms, Merges, NoResources, NoAddress bool
		Namespaces                            []string
		Private                               map[string]string
	}
	const envoySystem = "envoy-gateway-system"
	for controller, want := range map[gatewayv1.GatewayController]known{
		envoyGateway: {Warms: true, Merges: true, NoResources: true, Namespaces: []string{envoySystem, envoySystem}},
		istio:        {NoAddress: true, Private: map[string]string{"networking.istio.io/service-type": "ClusterIP"}},
		contour:      {},
		"":           {NoResources: true, NoAddress: true, Namespaces: []string{envoySystem, envoySystem}},
	} {
		got := known{
			Warms: features.Warms(controller), Merges: features.Merges(controller), Private: features.Private(controller),
			NoResources: features.WithoutProxies(controller, "NoResources"), NoAddress: features.WithoutProxies(controller, "AddressNotAssigned"),
		}
		for _, labels := range features.Services(controller) {
			got.Namespaces = append(got.Namespaces, labels.Namespace)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Of %q (-want, +got):\n%s", controller, diff)
		}
		if features.WithoutProxies(controller, "") || features.WithoutProxies(controller, "Invalid") {
			t.Errorf("%q: another reason counts", controller)
		}
	}
}
