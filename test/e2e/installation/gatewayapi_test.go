// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	classCRD       = "gatewayclasses.gateway.networking.k8s.io"
	gatewayCRD     = "gateways.gateway.networking.k8s.io"
	routeCRD       = "httproutes.gateway.networking.k8s.io"
	listenerSetCRD = "listenersets.gateway.networking.k8s.io"

	bundleVersion = "gateway.networking.k8s.io/bundle-version"
	needed        = "v1.2.0"
)

// B-INS-7: without the Gateway API the KIngress says which CRD it needs, in which
// version, and no replica ends, also of those that start then. When it is there again,
// everything recovers by itself.
func TestGatewayAPIMissing_BINS7(t *testing.T) {
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	health := watchHealth(t)
	all := []string{classCRD, gatewayCRD, routeCRD, listenerSetCRD}
	restore := removeCRDs(t, all)
	space.AwaitReason(t, "hello", cluster.Minutes, "GatewayAPIMissing", classCRD, needed)

	restart(t, controller)
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
	space.Backend(t, "new")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("new", nil))
	space.AwaitReason(t, "new", cluster.Minutes, "GatewayAPIMissing", classCRD, needed)

	restore()
	space.AwaitReady(t, "hello", cluster.Seconds)
	space.AwaitReady(t, "new", cluster.Seconds)
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("hello"), 200, cluster.Seconds)
	healthy(t, health())
}

// B-INS-7, B-INS-9: a Gateway API that looks too old is told with both versions, to new services
// and in an Event. One that is Ready is served on, stays Ready, and nothing is written to it.
func TestGatewayAPITooOld_BINS7_BINS9(t *testing.T) {
	space := world.Space(t, nil)
	before := space.Serve(t, "settled", nil)
	loads, flips := startBoth(t, space, "settled"), space.WatchFlips(t)
	allowDowngrades(t)
	begin := time.Now()
	old := setBundle(t, routeCRD, "v1.0.0")
	t.Cleanup(func() { setBundle(t, routeCRD, old) })
	awaitEvent(t, begin, "config-gateway", "GatewayAPIMissing", routeCRD, "v1.0.0", needed)
	found := flips()
	space.Backend(t, "hello")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", nil))
	space.AwaitReason(t, "hello", cluster.Minutes, "GatewayAPIMissing", routeCRD, "v1.0.0", needed)
	cluster.Answers(t, world.Blue, space.ExternalHost("settled"), 200)
	setBundle(t, routeCRD, old)
	space.AwaitReady(t, "hello", cluster.Minutes)
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	if len(found) > 0 {
		t.Errorf("not Ready in between: %v", found)
	}
	if after := cluster.KIngresses.Get(t, world.Cluster, space.Name, "settled"); after.ResourceVersion != before.ResourceVersion {
		t.Errorf("the settled KIngress was written: %v", after.Status)
	}
}

// B-INS-7: ListenerSets are optional.
func TestListenerSetsMissing_BINS7(t *testing.T) {
	space := world.Space(t, nil)
	health := watchHealth(t)
	restore := removeCRDs(t, []string{listenerSetCRD})
	restart(t, controller)
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
	space.Serve(t, "hello", nil)
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
	restore()
	healthy(t, health())
}

// removeCRDs deletes CRDs with all their objects; calling the result brings them, the
// Gateways and their controller back, as the end of the test does in any case.
func removeCRDs(t *testing.T, names []string) (restore func()) {
	t.Helper()
	saved := []*cluster.Object{}
	for _, name := range names {
		saved = append(saved, renewed(cluster.CRDs.Get(t, world.Cluster, "", name)))
	}
	restored := false
	restore = func() {
		if restored {
			return
		}
		restored = true
		if err := restoreCRDs(context.Background(), saved); err != nil {
			t.Errorf("the Gateway API is not restored: %v", err)
		}
	}
	t.Cleanup(restore)
	if len(names) > 1 {
		deleteGateways(t) // their finalizers would keep the CRDs
	}
	for _, name := range names {
		cluster.CRDs.Delete(t, world.Cluster, "", name)
	}
	for _, name := range names {
		cluster.CRDs.Await(t, world.Cluster, "", name, cluster.Minutes, fixture.Gone[cluster.Object])
	}
	return restore
}

func restoreCRDs(ctx context.Context, saved []*cluster.Object) error {
	for _, crd := range saved {
		if _, err := cluster.CRDs.TryCreate(ctx, world.Cluster, crd); err != nil {
			return err
		}
	}
	for _, crd := range saved {
		if _, err := cluster.CRDs.TryAwait(ctx, world.Cluster, "", crd.String("metadata", "name"), cluster.Minutes, established); err != nil {
			return err
		}
	}
	if err := restartControl(ctx); err != nil {
		return err
	}
	return world.SetUp(ctx)
}

// restartControl restarts what looks for CRDs when it starts. That is not ours to test. Nor is how long it waits for the lease of
// the one before, which may not give it back; so the lease is deleted.
func restartControl(ctx context.Context) error {
	for _, name := range world.Installed.Control {
		former, err := cluster.Deployments.TryGet(ctx, world.Cluster, name.Namespace, name.Name)
		if err != nil {
			return err
		}
		before, err := cluster.Pods.List(ctx, world.Cluster, name.Namespace, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(former.Spec.Selector)})
		if err != nil {
			return err
		}
		if _, err := cluster.Deployments.UpdateAs(ctx, world.Cluster, cluster.FieldManager, name, fixture.Restart); err != nil {
			return err
		}
		if _, err := cluster.Deployments.TryAwait(ctx, world.Cluster, name.Namespace, name.Name, cluster.Minutes, fixture.RolledOut); err != nil {
			return err
		}
		for _, pod := range before {
			if _, err := cluster.Pods.TryAwait(ctx, world.Cluster, pod.Namespace, pod.Name, cluster.Minutes, fixture.Gone[corev1.Pod]); err != nil {
				return err
			}
		}
		if lease := world.Installed.Lease; lease != "" {
			if err := cluster.Leases.TryDelete(ctx, world.Cluster, name.Namespace, lease); err != nil {
				return err
			}
		}
	}
	return nil
}

func established(crd *cluster.Object) error {
	if crd == nil {
		return errors.New("does not exist")
	}
	conditions, _, _ := unstructured.NestedSlice(*crd, "status", "conditions")
	for _, entry := range conditions {
		if condition, ok := entry.(map[string]any); ok && condition["type"] == "Established" && condition["status"] == "True" {
			return nil
		}
	}
	return fmt.Errorf("is not Established: %v", conditions)
}

// allowDowngrades takes away the policy that newer releases of the Gateway API bring;
// where an old one is installed it is not there.
func allowDowngrades(t *testing.T) {
	t.Helper()
	const name = "safe-upgrades.gateway.networking.k8s.io"
	saved := renewed(cluster.PolicyBindings.Get(t, world.Cluster, "", name))
	cluster.PolicyBindings.Delete(t, world.Cluster, "", name)
	t.Cleanup(func() {
		if _, err := cluster.PolicyBindings.TryCreate(context.Background(), world.Cluster, saved); err != nil {
			t.Errorf("policy %s is not restored: %v", name, err)
		}
	})
}

// setBundle changes the version that a CRD claims, and returns what it was.
func setBundle(t *testing.T, name, version string) (old string) {
	t.Helper()
	denied := func(err error) bool { return apierrors.IsForbidden(err) || apierrors.IsInvalid(err) }
	err := retry.OnError(enforced, denied, func() error {
		_, err := cluster.CRDs.UpdateAs(context.Background(), world.Cluster, cluster.FieldManager, types.NamespacedName{Name: name}, func(crd *cluster.Object) {
			old = crd.String("metadata", "annotations", bundleVersion)
			if err := unstructured.SetNestedField(*crd, version, "metadata", "annotations", bundleVersion); err != nil {
				t.Error(err)
			}
		})
		return err
	})
	if err != nil {
		t.Fatalf("set the version of %s to %s: %v", name, version, err)
	}
	return old
}
