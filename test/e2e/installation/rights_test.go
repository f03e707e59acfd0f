// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const clusterRole = "net-gateways-controller"

// B-RDY-11: an image is newer than the ClusterRole, so one kind may not be read. A service that needs it
// says so, with the kind and the cause; the others are served as ever, and none loses what
// it has. The right cures it.
func TestRightIsMissing_BRDY11(t *testing.T) {
	world.Restore(t)
	space, authority := world.Space(t, nil), fixture.Authority(t)
	served := space.Serve(t, "hello", nil)
	space.Secret(t, authority, "certificate", space.ExternalHost("secure"))
	loads, flips := startBoth(t, space, "hello"), space.WatchFlips(t)
	give := withhold(t, "listenersets")
	restart(t, controller)
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)

	space.Serve(t, "new", nil)
	space.Backend(t, "secure")
	secure := fixture.WithTLS(space.KIngress("secure", nil), "certificate", space.ExternalHost("secure"))
	cluster.KIngresses.Create(t, world.Cluster, secure)
	space.AwaitReason(t, "secure", cluster.Minutes, "ReconcileFailed", "listenersets", "forbidden")
	space.Serve(t, "newer", nil)

	give()
	space.AwaitReady(t, "secure", cluster.Minutes)
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: space.ExternalHost("secure"), Roots: authority.Roots}, cluster.Seconds)
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	for _, flip := range flips() {
		if strings.HasPrefix(flip, "hello:") {
			t.Errorf("not Ready in between: %s", flip)
		}
	}
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.ResourceVersion != served.ResourceVersion {
		t.Errorf("the KIngress changed: %+v", now.Status)
	}
}

// withhold takes a kind out of the controller's ClusterRole until the result is called, or the end of
// the test.
func withhold(t *testing.T, resource string) (give func()) {
	t.Helper()
	old := cluster.ClusterRoles.Get(t, world.Cluster, "", clusterRole).Rules
	cluster.ClusterRoles.Update(t, world.Cluster, "", clusterRole, func(role *rbacv1.ClusterRole) {
		for i := range role.Rules {
			role.Rules[i].Resources = slices.DeleteFunc(role.Rules[i].Resources, func(named string) bool { return named == resource })
		}
	})
	give = sync.OnceFunc(func() {
		name := types.NamespacedName{Name: clusterRole}
		if _, err := cluster.ClusterRoles.UpdateAs(context.WithoutCancel(t.Context()), world.Cluster, cluster.FieldManager, name, func(role *rbacv1.ClusterRole) {
			role.Rules = old
		}); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(give)
	return give
}
