// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-SEL-5: a live service moves from one implementation of the Gateway API to another and back, asked wherever a client may ask
// it, up to 500 times a second if the machine can: no request fails, and it is Ready throughout.
func TestMoveBetweenImplementations_BSEL5(t *testing.T) { // alone: for its rate
	if len(world.Others) == 0 {
		t.Skip(`only one implementation runs on this cluster; "Gateway implementations side by side" in hack/cluster.d/README.md adds one`)
	}
	for _, other := range world.Others {
		t.Run(other.Name, func(t *testing.T) {
			space := world.Space(t, nil)
			there := other.External.Gateway
			gateway := cluster.Gateways.Get(t, world.Cluster, there.Namespace, there.Name)
			home := stay{label: "blue", gateway: world.Shared("blue"), address: world.Blue}
			abroad := stay{label: other.Name, gateway: there, address: gateway.Status.Addresses[0].Value}
			space.Serve(t, "hello", nil)
			flips := watchReady(t, space, "hello")
			for _, move := range [][2]stay{{home, abroad}, {abroad, home}} {
				moveUnderLoad(t, space, move[0], move[1])
			}
			if states := flips(); len(states) != 1 || states[0] != "True" {
				t.Errorf("Ready went through %v", states)
			}
		})
	}
}

// stay is a Gateway with the label that selects it.
type stay struct {
	label   string
	gateway types.NamespacedName
	address string
}

// moveUnderLoad asks the old address until the new one has been published for a while, as a client that knows of both.
func moveUnderLoad(t *testing.T, space *fixture.Space, from, to stay) {
	t.Helper()
	host := space.ExternalHost("hello")
	old := cluster.StartLoad(t, from.address, host, 2*time.Millisecond)
	label(t, space, to.label)
	awaitAttached(t, space, to.gateway, from.gateway)
	space.AwaitReady(t, "hello", cluster.Minutes)
	cluster.AwaitAnswer(t, to.address, host, 200, cluster.Seconds)
	next := cluster.StartLoad(t, to.address, host, 2*time.Millisecond)
	old.StopAllAnswered(t, 200, 500)
	awaitAttached(t, space, to.gateway)
	cluster.AwaitAnswer(t, from.address, host, 404, cluster.Seconds)
	next.StopAllAnswered(t, 200, 500)
}

// awaitAttached waits until the external route is attached to just these Gateways.
func awaitAttached(t *testing.T, space *fixture.Space, gateways ...types.NamespacedName) {
	t.Helper()
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost("hello"), cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
		if route == nil {
			return errors.New("does not exist")
		}
		found := []types.NamespacedName{}
		for _, parent := range route.Spec.ParentRefs {
			found = append(found, types.NamespacedName{Namespace: string(*parent.Namespace), Name: string(parent.Name)})
		}
		if !slices.Equal(found, gateways) {
			return fmt.Errorf("attached to %v, want %v", found, gateways)
		}
		return nil
	})
}
