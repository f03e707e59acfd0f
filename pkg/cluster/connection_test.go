// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"

	"k8s.io/client-go/tools/cache"
	_ "knative.dev/networking/pkg/client/injection/informers/networking/v1alpha1/ingress/fake" // injected
	_ "knative.dev/pkg/client/injection/kube/client/fake"                                      // injected
	rtesting "knative.dev/pkg/reconciler/testing"

	_ "github.com/net-gateways/net-gateways/pkg/client/injection/client/fake" // injected
	"github.com/net-gateways/net-gateways/pkg/cluster"
)

// TestConnected: B-OPS-2, all reconcilers of a process have one connection, with the clients that were injected.
func TestConnected(t *testing.T) {
	ctx, _ := rtesting.SetupFakeContext(t)
	connect := cluster.Connected()
	first := connect(ctx)
	if first != connect(ctx) {
		t.Error("The second reconciler gets another connection")
	}
	if first.Kube == nil || first.Gateway == nil || first.Metadata == nil || first.Ingresses == nil {
		t.Errorf("A client is missing: %+v", first.Clients)
	}
}

// TestConnection: B-OPS-2, what two reconcilers read is listed once.
func TestConnection(t *testing.T) {
	inBubble(t, "two of them", services(aOne), func(t *testing.T, f *fixture) {
		for _, c := range []cluster.Cluster{f.Cluster, cluster.New(t.Context(), f.connection, cache.ResourceEventHandlerFuncs{}, f)} {
			_, err := c.Ensure(t.Context(), allServices)
			must(t, err)
		}
		expect(t, "Lists", []string{`services of "", labels "", fields ""`}, f.lists())
	})
}
