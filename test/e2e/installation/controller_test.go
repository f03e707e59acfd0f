// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/retry"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const controller, webhook = fixture.Controller, "net-gateways-webhook"

// scale sets the controller's replicas and waits until all of them, and no others,
// are there and Ready.
func scale(t *testing.T, replicas int32) {
	t.Helper()
	cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, controller, func(deployment *appsv1.Deployment) {
		deployment.Spec.Replicas = &replicas
	})
	if _, err := cluster.Deployments.TryAwait(context.Background(), world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut); err != nil {
		t.Fatalf("scale to %d: %v", replicas, err)
	}
}

// withoutController stops the controller, and has it back when the test ends.
func withoutController(t *testing.T) {
	t.Helper()
	t.Cleanup(func() { scale(t, 2) })
	scale(t, 0)
	// A Deployment does not count Pods that are on their way out, and they work until they end.
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, cluster.SystemNamespace, metav1.ListOptions{LabelSelector: "app=net-gateways-controller"})
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		cluster.Pods.Await(t, world.Cluster, pod.Namespace, pod.Name, cluster.Minutes, fixture.Gone[corev1.Pod])
	}
}

// watchHealth notes every Pod of ours that restarts, or that was Ready and is not any
// more although no client deletes it. Calling the result ends it.
func watchHealth(t *testing.T) func() []string {
	t.Helper()
	var mu sync.Mutex
	ready, faults := map[types.UID]bool{}, []string{}
	options := metav1.ListOptions{LabelSelector: "networking.knative.dev/ingress-provider=net-gateways"}
	stop := cluster.Pods.Watch(t, world.Cluster, cluster.SystemNamespace, options, func(_ watch.EventType, pod *corev1.Pod) {
		mu.Lock()
		defer mu.Unlock()
		for _, container := range pod.Status.ContainerStatuses {
			if container.RestartCount > 0 {
				faults = append(faults, fmt.Sprintf("%s restarted: %+v", pod.Name, container.LastTerminationState))
			}
		}
		for _, condition := range pod.Status.Conditions {
			if condition.Type != corev1.PodReady {
				continue
			}
			if ready[pod.UID] && condition.Status != corev1.ConditionTrue && pod.DeletionTimestamp == nil {
				faults = append(faults, fmt.Sprintf("%s is not Ready any more: %s", pod.Name, condition.Message))
			}
			ready[pod.UID] = condition.Status == corev1.ConditionTrue
		}
	})
	return func() []string {
		stop()
		mu.Lock()
		defer mu.Unlock()
		return faults
	}
}

// healthy fails the test for each fault.
func healthy(t *testing.T, faults []string) {
	t.Helper()
	for _, fault := range faults {
		t.Errorf("a replica did not stay Ready: %s", fault)
	}
}

// awaitEvent waits for a Warning about a ConfigMap of the system namespace, where
// kubectl describe shows it, that was said, or said again, after begin, with all of
// the words in it.
func awaitEvent(t *testing.T, begin time.Time, name, reason string, words ...string) *corev1.Event {
	t.Helper()
	begin = begin.Truncate(time.Second) // times of Events are in seconds
	about := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, name).UID
	return cluster.Events.AwaitAny(t, world.Cluster, cluster.SystemNamespace, cluster.Seconds, func(event *corev1.Event) bool {
		for _, word := range words {
			if !strings.Contains(event.Message, word) {
				return false
			}
		}
		return event.InvolvedObject.UID == about && event.Type == corev1.EventTypeWarning && event.Reason == reason &&
			!event.LastTimestamp.Time.Before(begin)
	})
}

// bypass takes the webhook's registration away, so that bad data gets in, and puts it
// back when the test ends.
func bypass(t *testing.T) {
	t.Helper()
	saved := cluster.Validations.Get(t, world.Cluster, "", fixture.Webhook)
	cluster.Validations.Delete(t, world.Cluster, "", fixture.Webhook)
	if err := awaitGuard(false); err != nil {
		t.Error(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		if err := world.RestoreConfig(ctx); err != nil {
			t.Errorf("config-gateway is not restored: %v", err)
		}
		if _, err := cluster.Validations.TryCreate(ctx, world.Cluster, renewed(saved)); err != nil {
			t.Errorf("the webhook is not restored: %v", err)
		}
		if _, err := cluster.Validations.TryAwait(ctx, world.Cluster, "", fixture.Webhook, cluster.Minutes, fixture.Guarding); err != nil {
			t.Errorf("the webhook is not restored: %v", err)
		}
		if err := awaitGuard(true); err != nil {
			t.Error(err)
		}
	})
}

// enforced is how long the API server may need to notice that a webhook or a policy
// has come or gone: its status does not tell.
var enforced = wait.Backoff{Steps: 100, Duration: 100 * time.Millisecond}

// awaitGuard tries bad data, without storing it, until it is refused as wanted.
func awaitGuard(refused bool) error {
	configMaps := world.Kube.CoreV1().ConfigMaps(cluster.SystemNamespace)
	return retry.OnError(enforced, func(error) bool { return true }, func() error {
		bad, err := configMaps.Get(context.Background(), "config-gateway", metav1.GetOptions{})
		if err != nil {
			return err
		}
		bad.Data[external] = "no list"
		_, err = configMaps.Update(context.Background(), bad, metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}})
		if denied := err != nil && strings.Contains(err.Error(), "denied the request"); denied != refused {
			return fmt.Errorf("bad data is refused: %v, want %v (%w)", denied, refused, err)
		}
		return nil
	})
}

// renewed is the object for creating it anew.
func renewed(object *cluster.Object) *cluster.Object {
	metadata, _ := (*object)["metadata"].(map[string]any)
	kept := map[string]any{}
	for _, key := range []string{"name", "namespace", "labels", "annotations"} {
		if value, ok := metadata[key]; ok {
			kept[key] = value
		}
	}
	copied := cluster.Object{}
	for key, value := range *object {
		if key != "status" && key != "metadata" {
			copied[key] = value
		}
	}
	copied["metadata"] = kept
	return &copied
}

// there is met by an object that exists.
func there[T any](object *T) error {
	if object == nil {
		return errors.New("does not exist")
	}
	return nil
}
