// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package fault

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	controller = "net-gateways-controller"
	// lease is that of the reconciler of KIngresses; the leases of all reconcilers
	// begin with the controller's name.
	lease = controller + ".ingresses.00-of-01"
	// elections is the ConfigMap with the times of elections.
	elections = "config-leader-election"
)

// terms are the times that Kubernetes itself has; with Knative's, four times as long,
// the tests would mostly wait for elections.
var terms = map[string]string{"lease-duration": "15s", "renew-deadline": "10s", "retry-period": "2s"}

// shortTerms lets the controller elect quickly, until the test ends.
func shortTerms(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		cluster.ConfigMaps.Update(t, world.Cluster, cluster.SystemNamespace, elections, func(cm *corev1.ConfigMap) {
			for key := range terms {
				delete(cm.Data, key)
			}
		})
		roll(t)
	})
	cluster.ConfigMaps.Update(t, world.Cluster, cluster.SystemNamespace, elections, func(cm *corev1.ConfigMap) {
		for key, value := range terms {
			cm.Data[key] = value
		}
	})
	roll(t)
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
	cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, controller, func(deployment *appsv1.Deployment) {
		if deployment.Spec.Template.Annotations == nil {
			deployment.Spec.Template.Annotations = map[string]string{}
		}
		deployment.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"] = time.Now().Format(time.RFC3339)
	})
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

// leader is the Pod that holds the lease.
func leader(t *testing.T) *corev1.Pod {
	t.Helper()
	held := awaitTerm(t, time.Time{}, "")
	name, _, _ := strings.Cut(*held.Spec.HolderIdentity, "_")
	return cluster.Pods.Get(t, world.Cluster, cluster.SystemNamespace, name)
}

// awaitTerm waits until one of the replicas, other than the process named, has renewed
// the lease after begin.
func awaitTerm(t *testing.T, begin time.Time, other string) *coordinationv1.Lease {
	t.Helper()
	return cluster.Leases.Await(t, world.Cluster, cluster.SystemNamespace, lease, cluster.Minutes, func(lease *coordinationv1.Lease) error {
		if lease == nil {
			return errors.New("does not exist")
		}
		holder, renewed := lease.Spec.HolderIdentity, lease.Spec.RenewTime
		if holder == nil || renewed == nil || !strings.HasPrefix(*holder, controller) || *holder == other || renewed.Time.Before(begin) {
			return fmt.Errorf("is held by %v since %v, renewed %v", holder, lease.Spec.AcquireTime, renewed)
		}
		return nil
	})
}

// awaitResigned reads a Pod's log until it says that it stopped leading.
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
		if strings.Contains(lines.Text(), "has stopped leading") && strings.Contains(lines.Text(), lease) {
			return
		}
	}
	t.Fatalf("Pod %s lost its lease and does not say that it stopped leading: %v", pod.Name, lines.Err())
}
