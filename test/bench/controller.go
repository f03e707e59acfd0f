// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	controllerPods = "app=net-gateways-controller"
	// leaseName is that of the only bucket.
	leaseName = "net-gateways-controller.ingresses.00-of-01"
)

// leader is the Pod that works on KIngresses.
func (c clients) leader(ctx context.Context) (pod, identity string, err error) {
	lease, err := c.Kube.CoordinationV1().Leases(cluster.SystemNamespace).Get(ctx, leaseName, metav1.GetOptions{})
	if err != nil {
		return "", "", err
	}
	if lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity == "" {
		return "", "", fmt.Errorf("Lease %s has no holder", leaseName)
	}
	identity = *lease.Spec.HolderIdentity
	pod, _, _ = strings.Cut(identity, "_")
	return pod, identity, nil
}

// nextLeader waits for another holder of the Lease and tells when it got it.
func (c clients) nextLeader(ctx context.Context, before string) (time.Time, error) {
	source := cache.NewListWatchFromClient(c.Kube.CoordinationV1().RESTClient(), "leases", cluster.SystemNamespace, fields.OneTermEqualSelector("metadata.name", leaseName))
	event, err := watchtools.UntilWithSync(ctx, source, &coordinationv1.Lease{}, nil, func(event watch.Event) (bool, error) {
		lease, ok := event.Object.(*coordinationv1.Lease)
		return ok && lease.Spec.AcquireTime != nil && lease.Spec.HolderIdentity != nil && *lease.Spec.HolderIdentity != "" && *lease.Spec.HolderIdentity != before, nil
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("Lease %s: no other holder: %w", leaseName, err)
	}
	return event.Object.(*coordinationv1.Lease).Spec.AcquireTime.Time, nil
}

// replicas names the controller's Pods.
func (c clients) replicas(ctx context.Context) ([]string, error) {
	pods, err := c.Kube.CoreV1().Pods(cluster.SystemNamespace).List(ctx, metav1.ListOptions{LabelSelector: controllerPods})
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, pod := range pods.Items {
		names = append(names, pod.Name)
	}
	return names, nil
}

// replaceReplicas deletes the controller's Pods, and returns when others are there in their stead, all Ready, and one of them
// leads. Of the old ones the second may lead for a moment, while it ends.
func (c clients) replaceReplicas(ctx context.Context) error {
	old, err := c.replicas(ctx)
	if err != nil {
		return err
	}
	pods := c.Kube.CoreV1().Pods(cluster.SystemNamespace)
	if err := pods.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: controllerPods}); err != nil {
		return err
	}
	for {
		found, err := pods.List(ctx, metav1.ListOptions{LabelSelector: controllerPods})
		if err != nil {
			return err
		}
		leader, _, err := c.leader(ctx)
		fresh := len(found.Items) == len(old) && !slices.ContainsFunc(found.Items, func(pod corev1.Pod) bool {
			return slices.Contains(old, pod.Name) || !podReady(&pod)
		})
		if fresh && err == nil && slices.ContainsFunc(found.Items, func(pod corev1.Pod) bool { return pod.Name == leader }) {
			return nil
		}
		if err := pause(ctx, lookAgain); err != nil {
			return fmt.Errorf("the replicas %v are not replaced: %w", old, err)
		}
	}
}

func podReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	})
}

// processOf finds the folder in /proc of a Pod's controller. The cluster of
// hack/cluster runs on this machine, beside others perhaps: the Pod's name is in the
// environment of its process.
func processOf(pod string) (string, error) {
	environments, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		return "", err
	}
	for _, path := range environments {
		environment, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		for _, variable := range strings.Split(string(environment), "\x00") {
			if variable == "POD_NAME="+pod {
				return filepath.Dir(path), nil
			}
		}
	}
	return "", fmt.Errorf("the process of Pod %s is not on this machine", pod)
}
