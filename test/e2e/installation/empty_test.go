// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-INS-6: with no Gateway, no GatewayClass and nothing in config-gateway every
// replica of controller and webhook starts, becomes Ready and stays Ready: before
// and after the first KIngress, whose condition says what to write. Once it is
// written, the KIngress is Ready without a restart of anything.
func TestEmptyCluster_BINS6(t *testing.T) {
	space := world.Space(t, nil)
	t.Cleanup(func() {
		if err := world.SetUp(context.Background()); err != nil {
			t.Errorf("the Gateways are not restored: %v", err)
		}
	})
	if err := write(nil); err != nil {
		t.Fatal(err)
	}
	deleteGateways(t)
	for _, name := range []string{controller, webhook} {
		restart(t, name)
	}
	for _, name := range []string{controller, webhook} {
		cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.RolledOut)
	}
	health := watchHealth(t)

	space.Backend(t, "outer")
	space.Backend(t, "inner")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("outer", nil))
	cluster.KIngresses.Create(t, world.Cluster, space.Ingress("inner", nil,
		space.Rule(v1alpha1.IngressVisibilityClusterLocal, "inner", space.LocalHost("inner"))))
	space.AwaitReason(t, "outer", cluster.Minutes, "GatewayNotConfigured", external, local, "config-gateway")
	space.AwaitReason(t, "inner", cluster.Seconds, "GatewayNotConfigured", local, "config-gateway")
	if err := write(badConfig()["two defaults"].data); err == nil {
		t.Error("the webhook of the empty cluster accepts two defaults")
	}

	if err := world.SetUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	space.AwaitReady(t, "outer", cluster.Seconds)
	space.AwaitReady(t, "inner", cluster.Seconds)
	cluster.Answers(t, world.Blue, space.ExternalHost("outer"), 200)
	healthy(t, health())
}

// deleteGateways leaves no Gateway and no GatewayClass.
func deleteGateways(t *testing.T) {
	t.Helper()
	gateways, err := cluster.Gateways.List(t.Context(), world.Cluster, "", metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, gateway := range gateways {
		cluster.Gateways.Delete(t, world.Cluster, gateway.Namespace, gateway.Name)
	}
	for _, gateway := range gateways {
		cluster.Gateways.Await(t, world.Cluster, gateway.Namespace, gateway.Name, cluster.Minutes, fixture.Gone[gatewayv1.Gateway])
	}
	classes, err := cluster.GatewayClasses.List(t.Context(), world.Cluster, "", metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range classes {
		cluster.GatewayClasses.Delete(t, world.Cluster, "", class.Name)
	}
	for _, class := range classes {
		cluster.GatewayClasses.Await(t, world.Cluster, "", class.Name, cluster.Minutes, fixture.Gone[gatewayv1.GatewayClass])
	}
}

// restart does what kubectl rollout restart does.
func restart(t *testing.T, name string) {
	t.Helper()
	cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, name, fixture.Restart)
}
