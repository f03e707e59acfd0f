// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"context"
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	// outage is how long the API server does not answer.
	outage = 60 * time.Second
	// cut is how long no packet goes between controller and API server: a client needs
	// 45 s to notice that its watches are dead.
	cut = 50 * time.Second
)

// B-RDY-4, B-OPS-3: no fault of the controller or the API server makes a Ready service
// not Ready, costs a request, or is followed by a write that no change asked for; what
// changed meanwhile is done afterwards.
func TestFaults_BRDY4_BOPS3(t *testing.T) {
	fleet := newFleet(t)
	for _, fault := range []struct {
		name    string
		inflict func(t *testing.T, during func())
	}{
		{"the Deployment is rolled", rolled},
		{"the leader is killed", leaderKilled},
		{"the leases are deleted", leasesDeleted},
		{"the leader loses its lease", leaseLost},
		{"the API server stops", apiServerStops},
		{"the controller is cut off from the API server", cutOffAll},
	} {
		t.Run(fault.name, func(t *testing.T) { fleet.survives(t, fault.inflict) })
	}
	// With several buckets a replica that loses one leads the others on.
	t.Run("three buckets", func(t *testing.T) {
		fleet.isLeft(t, func() { divide(t, 3) })
		for _, fault := range []struct {
			name    string
			inflict func(t *testing.T, during func())
		}{
			{"a leader is killed", leaderKilled},
			{"a leader loses one lease", leaseLost},
		} {
			t.Run(fault.name, func(t *testing.T) { fleet.survives(t, fault.inflict) })
		}
	})
}

func rolled(t *testing.T, during func()) {
	restart(t)
	during()
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
}

func leaderKilled(t *testing.T, during func()) {
	old := awaitTerm(t, time.Time{}, "")
	if err := processOf(t, leader(t)).Kill(); err != nil {
		t.Fatal(err)
	}
	during()
	awaitTerm(t, time.Now(), *old.Spec.HolderIdentity)
}

func leasesDeleted(t *testing.T, during func()) {
	old, pod, begin := awaitTerm(t, time.Time{}, ""), leader(t), time.Now()
	leases, err := cluster.Leases.List(t.Context(), world.Cluster, cluster.SystemNamespace, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, lease := range leases {
		if strings.HasPrefix(lease.Name, controller) {
			cluster.Leases.Delete(t, world.Cluster, lease.Namespace, lease.Name)
		}
	}
	during()
	next := awaitTerm(t, begin, "")
	if *next.Spec.HolderIdentity != *old.Spec.HolderIdentity {
		awaitResigned(t, pod, begin) // two lead until then
	}
}

// leaseLost: from when the leader of the first bucket resigns until another is elected no
// replica writes about its KIngresses.
func leaseLost(t *testing.T, during func()) {
	pod, begin := leader(t), time.Now()
	cluster.Leases.Update(t, world.Cluster, cluster.SystemNamespace, leaseOf(0), func(lease *coordinationv1.Lease) {
		stranger, seconds, now := "a-stranger", int32(20), metav1.NewMicroTime(begin)
		lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds = &stranger, &seconds
		lease.Spec.AcquireTime, lease.Spec.RenewTime = &now, &now
	})
	awaitResigned(t, pod, begin)
	during()
	elected := awaitTerm(t, begin, "").Spec.AcquireTime.Truncate(time.Second)
	routes, err := cluster.HTTPRoutes.List(context.Background(), world.Cluster, "", metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range routes {
		owner := metav1.GetControllerOf(route)
		if owner == nil || bucketOf(t, route.Namespace, owner.Name) != 0 {
			continue
		}
		if created := route.CreationTimestamp; created.After(begin) && created.Time.Before(elected) {
			t.Errorf("HTTPRoute %s/%s was created at %s, and no replica led until %s", route.Namespace, route.Name, created, elected)
		}
	}
}

func apiServerStops(t *testing.T, during func()) {
	continued := stop(t, apiServer(t), outage)
	during()
	continued()
}

func cutOffAll(t *testing.T, during func()) {
	healed := cutOff(t, cut, replicas(t))
	during()
	healed()
}
