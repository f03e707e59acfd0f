// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package monitoring

import (
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// unnamed is how many Gateways the cluster has that no entry of config-gateway names.
const unnamed = 1000

// TestUnnamedGateways: B-OPS-6, Gateways that no entry names have no series, however many there are. The last Gateway has an
// entry: when its series say that it exists, the controller has seen the others, too.
func TestUnnamedGateways(t *testing.T) {
	space := world.Space(t, nil)
	creating, ctx := errgroup.WithContext(t.Context())
	creating.SetLimit(8)
	for i := range unnamed {
		creating.Go(func() error {
			gateway := withoutClass(space.Name, fmt.Sprintf("unnamed-%d", i))
			_, err := cluster.Gateways.TryCreate(ctx, world.Cluster, gateway)
			return err
		})
	}
	if err := creating.Wait(); err != nil {
		t.Fatal(err)
	}
	const named = "faulty" // config-gateway has an entry for it, and no other test of the package makes it
	cluster.Gateways.Create(t, world.Cluster, withoutClass(fixture.GatewayNamespace, named))
	await(t, fmt.Sprintf(`net_gateways_gateway_status{gateway_name=%q, condition="exists"} == 1`, named), cluster.Minutes, some)
	await(t, fmt.Sprintf(`{__name__=~"net_gateways_.+", gateway_namespace=%q}`, space.Name), cluster.Minutes, none)
	await(t, fmt.Sprintf(`count by (gateway_name, visibility) ({__name__=~"net_gateways_.+", gateway_name=%q}) > 40`, named), cluster.Minutes, none)
	space.Serve(t, "beside", nil)
}

// withoutClass is a Gateway of a class that does not exist.
func withoutClass(namespace, name string) *gatewayv1.Gateway {
	return &gatewayv1.Gateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: gatewayv1.GatewaySpec{
			GatewayClassName: "e2e-no-class",
			Listeners:        []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}},
		},
	}
}
