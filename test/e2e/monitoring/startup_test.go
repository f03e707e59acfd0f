// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package monitoring

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// metricsPort is that of the manifests.
const metricsPort = 9090

// TestStartup: B-OPS-6, whatever is wrong with how metrics are to be exported, each replica says so in one line, starts once,
// and serves KIngresses; and the rest of the metrics is exported where it can be.
func TestStartup(t *testing.T) {
	space := world.Space(t, nil)
	restoreController(t)
	for _, c := range []struct {
		name     string
		observed map[string]string // config-observability
		taken    bool              // the port of metrics, by another container
		says     string            // a part of the line of each replica; empty for none
		scraped  bool
	}{
		{name: "off", observed: map[string]string{"metrics-protocol": "none"}},
		{name: "malformed", observed: map[string]string{"metrics-protocol": "pigeon", "metrics-export-interval": "often"},
			says: `ConfigMap e2e-observability has a mistake; its default is used until that is corrected and this program starts again: metrics: `, scraped: true},
		{name: "own-port", observed: map[string]string{"metrics-protocol": "prometheus", "metrics-endpoint": ":8080"},
			says: `metrics: metrics-endpoint ":8080" has port 8080, which is for kubelet's probes`, scraped: true},
		{name: "taken", taken: true,
			says: "Metrics cannot be scraped from this replica, which works otherwise: listen tcp :9090: bind: address already in use"},
	} {
		t.Run(c.name, func(t *testing.T) {
			configure(t, c.observed)
			cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, fixture.Controller, func(deployment *appsv1.Deployment) {
				fixture.Restart(deployment)
				observe(&deployment.Spec.Template.Spec, c.taken)
			})
			cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, fixture.Controller, cluster.Minutes, fixture.RolledOut)
			space.Serve(t, c.name, nil)
			for _, pod := range replicas(t) {
				saysOnce(t, pod, c.says)
				if started := pod.Status.ContainerStatuses[0].RestartCount; started != 0 {
					t.Errorf("Pod %s was started %d times more", pod.Name, started)
				}
				if scraped := isScraped(t, pod); scraped != c.scraped {
					t.Errorf("Metrics of Pod %s can be scraped: %t", pod.Name, scraped)
				}
			}
		})
	}
}

// restoreController brings the Deployment back when the test ends, and waits for it.
func restoreController(t *testing.T) {
	t.Helper()
	before := cluster.Deployments.Get(t, world.Cluster, cluster.SystemNamespace, fixture.Controller).Spec.Template
	t.Cleanup(func() {
		cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, fixture.Controller, func(deployment *appsv1.Deployment) {
			deployment.Spec.Template = before
		})
		if _, err := cluster.Deployments.TryAwait(context.Background(), world.Cluster, cluster.SystemNamespace, fixture.Controller, cluster.Minutes, fixture.RolledOut); err != nil {
			t.Errorf("The controller is not restored: %v", err)
		}
	})
}

// configure writes another ConfigMap than Serving's, whose webhook would refuse some of it.
func configure(t *testing.T, data map[string]string) {
	t.Helper()
	cluster.ConfigMaps.Create(t, world.Cluster, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: cluster.SystemNamespace, Name: "e2e-observability"}, Data: maps.Clone(data),
	})
}

// observe lets the controller read that ConfigMap. Before it starts, another container takes its port of metrics, if wanted.
func observe(pod *corev1.PodSpec, taken bool) {
	for i := range pod.Containers[0].Env {
		if variable := &pod.Containers[0].Env[i]; variable.Name == "CONFIG_OBSERVABILITY_NAME" {
			variable.Value = "e2e-observability"
		}
	}
	pod.InitContainers = nil
	if !taken {
		return
	}
	always, no := corev1.ContainerRestartPolicyAlways, false
	pod.InitContainers = []corev1.Container{{
		Name: "in-the-way", Image: fixture.Sleeper, RestartPolicy: &always,
		Env:       []corev1.EnvVar{{Name: "PORT", Value: fmt.Sprint(metricsPort)}},
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m")}},
		StartupProbe: &corev1.Probe{PeriodSeconds: 1, FailureThreshold: 60, ProbeHandler: corev1.ProbeHandler{
			TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(metricsPort)},
		}},
		SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: &no, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
	}}
}

// replicas are those of the controller that are not ending.
func replicas(t *testing.T) []*corev1.Pod {
	t.Helper()
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, cluster.SystemNamespace, metav1.ListOptions{LabelSelector: "app=" + fixture.Controller})
	pods = slices.DeleteFunc(pods, func(pod *corev1.Pod) bool { return pod.DeletionTimestamp != nil })
	if err != nil || len(pods) == 0 {
		t.Fatalf("%d replicas, %v", len(pods), err)
	}
	return pods
}

// saysOnce looks for a line of the log, which is a warning. Without one there must be no warning of metrics at all.
func saysOnce(t *testing.T, pod *corev1.Pod, want string) {
	t.Helper()
	log, err := world.Kube.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: fixture.Controller}).DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	for line := range strings.Lines(string(log)) {
		message := strings.ReplaceAll(line, `\"`, `"`)
		if strings.Contains(strings.ToLower(message), `"warn`) && (strings.Contains(message, "ConfigMap e2e-observability") || strings.Contains(message, "Metrics cannot")) {
			found = append(found, message)
		}
	}
	if want == "" && len(found) > 0 || want != "" && (len(found) != 1 || !strings.Contains(found[0], want)) {
		t.Errorf("Pod %s warns %q, want %q", pod.Name, found, want)
	}
}

// isScraped tells whether series of ours are at the port of metrics.
func isScraped(t *testing.T, pod *corev1.Pod) bool {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s:%d/metrics", pod.Status.PodIP, metricsPort), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain; version=")
}
