// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

const monitoringFile = "net-gateways-monitoring.yaml"

// TestMonitoring: B-OPS-6, a release has the ServiceMonitor, the alerts and the dashboard as a file of their own, because a cluster without
// the Prometheus operator refuses two of them.
func TestMonitoring(t *testing.T) {
	files, kinds := released(t), []string{}
	for _, object := range objects(t, files[monitoringFile]) {
		kinds = append(kinds, object["kind"].(string))
	}
	if slices.Sort(kinds); !slices.Equal(kinds, []string{"ConfigMap", "PrometheusRule", "ServiceMonitor"}) {
		t.Errorf("It has %q", kinds)
	}
	if strings.Contains(files["net-gateways.yaml"], "monitoring.coreos.com") {
		t.Error("net-gateways.yaml needs the Prometheus operator")
	}
}

// operated are new objects of the Prometheus operator's own types.
var operated = map[string]func() any{
	"ServiceMonitor": func() any { return &monitoringv1.ServiceMonitor{} },
	"PrometheusRule": func() any { return &monitoringv1.PrometheusRule{} },
}

// TestPrometheusOperator: B-OPS-6, each field of the ServiceMonitor and of the PrometheusRule is one of the Prometheus operator's own types: a
// field with any other name is refused, wherever it stands.
func TestPrometheusOperator(t *testing.T) {
	decoded := 0
	for _, object := range objects(t, released(t)[monitoringFile]) {
		kind := object["kind"].(string)
		empty, is := operated[kind]
		if !is {
			continue
		}
		decoded++
		decode := func() error {
			text, err := yaml.Marshal(object)
			if err != nil {
				t.Fatal(err)
			}
			return yaml.UnmarshalStrict(text, empty())
		}
		if err := decode(); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		fields := 0
		misspell(object, kind, func(path string) {
			fields++
			if decode() == nil {
				t.Errorf("%s is decoded when it is misspelled", path)
			}
		})
		if fields < 10 {
			t.Errorf("%s has %d fields", kind, fields)
		}
	}
	if decoded != len(operated) {
		t.Errorf("%d objects are the operator's", decoded)
	}
}

// free are fields whose keys are not fields.
var free = []string{"labels", "annotations", "matchLabels"}

// misspell renames one field after another, calls what looks at the object then, and gives the field its name back.
func misspell(node any, path string, look func(path string)) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			misspell(item, path+"[]", look)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(node)) {
			value := node[name]
			delete(node, name)
			node[name+"x"] = value
			look(path + "." + name)
			delete(node, name+"x")
			if node[name] = value; !slices.Contains(free, name) {
				misspell(value, path+"."+name, look)
			}
		}
	}
}

// TestServiceMonitor: B-OPS-6, the ServiceMonitor selects a port of a headless Service of the controller, and of the webhook.
func TestServiceMonitor(t *testing.T) {
	files, monitor := released(t), monitoringv1.ServiceMonitor{}
	for part := range strings.SplitSeq(files[monitoringFile], "\n---\n") {
		if strings.Contains(part, "kind: ServiceMonitor") {
			if err := yaml.Unmarshal([]byte(part), &monitor); err != nil {
				t.Fatal(err)
			}
		}
	}
	selector, err := metav1.LabelSelectorAsSelector(&monitor.Spec.Selector)
	if err != nil || len(monitor.Spec.Endpoints) != 1 {
		t.Fatalf("%d endpoints, %v", len(monitor.Spec.Endpoints), err)
	}
	scraped := []string{}
	for part := range strings.SplitSeq(files["net-gateways.yaml"], "\n---\n") {
		if !strings.Contains(part, "\nkind: Service\n") {
			continue
		}
		service := corev1.Service{}
		if err := yaml.Unmarshal([]byte(part), &service); err != nil {
			t.Fatal(err)
		}
		if service.Spec.ClusterIP == corev1.ClusterIPNone && service.Namespace == monitor.Namespace && selector.Matches(labels.Set(service.Labels)) &&
			slices.ContainsFunc(service.Spec.Ports, func(port corev1.ServicePort) bool { return port.Name == monitor.Spec.Endpoints[0].Port }) {
			scraped = append(scraped, service.Name)
		}
	}
	if slices.Sort(scraped); !slices.Equal(scraped, []string{"net-gateways-controller", "net-gateways-webhook-metrics"}) {
		t.Errorf("It selects %q", scraped)
	}
}
