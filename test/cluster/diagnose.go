// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// diagnoseFor bounds the time for explaining a failure, diagnoseObjects the objects
// shown of each kind.
const (
	diagnoseFor     = 20 * time.Second
	diagnoseObjects = 20
)

// Diagnose prints what an operator would look at, if the test has failed.
func Diagnose(t testing.TB, c *Cluster, namespace string) {
	if !t.Failed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), diagnoseFor)
	defer cancel()
	show(ctx, t, c, KServices, namespace)
	show(ctx, t, c, KIngresses, namespace)
	show(ctx, t, c, HTTPRoutes, namespace)
	showEvents(ctx, t, c, namespace)
	showLogs(ctx, t, c)
}

func show[T any](ctx context.Context, t testing.TB, c *Cluster, kind Kind[T], namespace string) {
	objects, err := kind.client(c, namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Logf("%s: %v", kind.Kind, err)
		return
	}
	if more := len(objects.Items) - diagnoseObjects; more > 0 {
		t.Logf("--- %s: %d more than are shown", kind.Kind, more)
		objects.Items = objects.Items[:diagnoseObjects]
	}
	for _, object := range objects.Items {
		object.SetManagedFields(nil)
		text, err := yaml.Marshal(object.Object)
		if err != nil {
			continue
		}
		t.Logf("--- %s\n%s", kind.Kind, text)
	}
}

func showEvents(ctx context.Context, t testing.TB, c *Cluster, namespace string) {
	for _, where := range []string{namespace, SystemNamespace} {
		events, err := c.Kube.CoreV1().Events(where).List(ctx, metav1.ListOptions{})
		if err != nil {
			t.Logf("events: %v", err)
			return
		}
		lines := strings.Builder{}
		for _, event := range events.Items {
			if event.Type == corev1.EventTypeWarning || where == namespace {
				fmt.Fprintf(&lines, "%s %s %s/%s: %s\n", event.LastTimestamp.Format(time.TimeOnly), event.Reason, event.InvolvedObject.Kind, event.InvolvedObject.Name, event.Message)
			}
		}
		t.Logf("--- Events in %s\n%s", where, lines.String())
	}
}

func showLogs(ctx context.Context, t testing.TB, c *Cluster) {
	pods, err := c.Kube.CoreV1().Pods(SystemNamespace).List(ctx, metav1.ListOptions{LabelSelector: "app=net-gateways-controller"})
	if err != nil {
		t.Logf("logs: %v", err)
		return
	}
	lines := int64(40)
	for _, pod := range pods.Items {
		log, err := c.Kube.CoreV1().Pods(SystemNamespace).GetLogs(pod.Name, &corev1.PodLogOptions{TailLines: &lines}).DoRaw(ctx)
		t.Logf("--- log of %s (%v)\n%s", pod.Name, err, log)
	}
}
