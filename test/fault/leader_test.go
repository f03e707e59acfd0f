// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/utils/ptr"
	"knative.dev/pkg/hash"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const controller = fixture.Controller

// buckets is into how many parts the KIngresses are divided, each with a leader of its own.
// Knative's default, and ours, is one.
var buckets = 1

// leaseOf is that of a bucket of the reconciler of KIngresses; the leases of all reconcilers
// begin with the controller's name.
func leaseOf(bucket int) string {
	return fmt.Sprintf("%s.ingresses.%02d-of-%02d", controller, bucket, buckets)
}

// bucketOf finds the bucket of a KIngress, as the controller does.
func bucketOf(t *testing.T, namespace, name string) int {
	t.Helper()
	leases := []string{}
	for bucket := range buckets {
		leases = append(leases, leaseOf(bucket))
	}
	owner := hash.NewBucketSet(sets.New(leases...)).Owner(types.NamespacedName{Namespace: namespace, Name: name}.String())
	return slices.Index(leases, owner)
}

// divide makes another number of buckets, which the controller reads when it starts, and
// waits until each has a leader. The end of all tests ends it.
func divide(t *testing.T, number int) {
	t.Helper()
	cluster.ConfigMaps.Update(t, world.Cluster, cluster.SystemNamespace, fixture.Elections, func(cm *corev1.ConfigMap) {
		cm.Data["buckets"] = strconv.Itoa(number)
	})
	roll(t)
	buckets = number
	awaitTerm(t, time.Now(), "")
}

// roll does what kubectl rollout restart does, and waits until the old Pods are gone.
func roll(t *testing.T) {
	t.Helper()
	restart(t)
	ctx := context.WithoutCancel(t.Context()) // it also restores
	if _, err := cluster.Deployments.TryAwait(ctx, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut); err != nil {
		t.Fatalf("deployment %s: %v", controller, err)
	}
}

func restart(t *testing.T) {
	t.Helper()
	cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, controller, fixture.Restart)
}

// replicas are the controller's Pods.
func replicas(t *testing.T) []*corev1.Pod {
	t.Helper()
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, cluster.SystemNamespace, metav1.ListOptions{LabelSelector: "app=" + controller})
	if err != nil {
		t.Fatal(err)
	}
	return pods
}

// leader is the Pod that leads the first bucket.
func leader(t *testing.T) *corev1.Pod {
	t.Helper()
	held := awaitTerm(t, time.Time{}, "")
	name, _, _ := strings.Cut(*held.Spec.HolderIdentity, "_")
	return cluster.Pods.Get(t, world.Cluster, cluster.SystemNamespace, name)
}

// awaitTerm waits until each bucket's lease has been renewed after begin by one of the
// replicas, other than the process named. It returns that of the first bucket.
func awaitTerm(t *testing.T, begin time.Time, other string) *coordinationv1.Lease {
	t.Helper()
	held := make([]*coordinationv1.Lease, buckets)
	for bucket := range held {
		held[bucket] = cluster.Leases.Await(t, world.Cluster, cluster.SystemNamespace, leaseOf(bucket), cluster.Minutes, func(lease *coordinationv1.Lease) error {
			if lease == nil {
				return errors.New("does not exist")
			}
			holder, renewed := lease.Spec.HolderIdentity, lease.Spec.RenewTime
			if holder == nil || renewed == nil || !strings.HasPrefix(*holder, controller) || *holder == other || renewed.Time.Before(begin) {
				return fmt.Errorf("is held by %q since %v, renewed %v", ptr.Deref(holder, ""), lease.Spec.AcquireTime, renewed)
			}
			return nil
		})
	}
	return held[0]
}

// awaitResigned reads a Pod's log until it says that it stopped leading the first bucket.
func awaitResigned(t *testing.T, pod *corev1.Pod, begin time.Time) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), cluster.Minutes)
	defer cancel()
	since := metav1.NewTime(begin)
	stream, err := world.Kube.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Follow: true, SinceTime: &since}).Stream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "has stopped leading") && strings.Contains(lines.Text(), leaseOf(0)) {
			return
		}
	}
	t.Fatalf("Pod %s lost its lease and does not say that it stopped leading: %v", pod.Name, lines.Err())
}
