// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/configmap"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// documents returns the objects in the files that a pattern finds.
func documents(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			all = append(all, string(document))
		}
	}
	return all
}

// ofKind decodes the objects of a kind, strictly: an unknown field fails the test.
func ofKind[T any](t *testing.T, kind string, all []string) []*T {
	t.Helper()
	var objects []*T
	for _, document := range all {
		var meta metav1.TypeMeta
		if err := yaml.Unmarshal([]byte(document), &meta); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		if meta.Kind != kind {
			continue
		}
		object := new(T)
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			t.Fatalf("%v in\n%s", err, document)
		}
		objects = append(objects, object)
	}
	return objects
}

// onlyConfigMap is config-gateway. An implementation may have ConfigMaps of its own beside it.
func onlyConfigMap(t *testing.T, all []string) *corev1.ConfigMap {
	t.Helper()
	cms := slices.DeleteFunc(ofKind[corev1.ConfigMap](t, "ConfigMap", all), func(cm *corev1.ConfigMap) bool { return cm.Namespace != system })
	if len(cms) != 1 || cms[0].Name != config.Name {
		t.Fatalf("want one ConfigMap %s/%s: %v", system, config.Name, cms)
	}
	return cms[0]
}

// B-INS-3: the ConfigMap of the release is accepted, says nothing, and each of its
// examples can be copied as it is.
func TestShippedExamples(t *testing.T) {
	cm := onlyConfigMap(t, documents(t, "../../config/*.yaml"))
	cfg, err := config.NewFromConfigMap(cm)
	if err != nil || cfg.Configured() {
		t.Errorf("config-gateway as released: %v, %v", cfg, err)
	}
	text := cm.Data[configmap.ExampleKey]
	if got, want := cm.Annotations[configmap.ExampleChecksumAnnotation], configmap.Checksum(text); got != want {
		t.Errorf("annotation %s is %q, want %q", configmap.ExampleChecksumAnnotation, got, want)
	}
	examples := strings.Split(text, "\n---\n")
	if len(examples) != 4 {
		t.Errorf("%d examples, want 4", len(examples))
	}
	for i, example := range examples {
		data := map[string]string{}
		if err := yaml.UnmarshalStrict([]byte(example), &data); err != nil {
			t.Errorf("example %d: %v", i+1, err)
			continue
		}
		if cfg, err := config.NewFromConfigMap(configMap(data)); err != nil || !cfg.Configured() {
			t.Errorf("example %d: %v, %v", i+1, cfg, err)
		}
	}
}

// B-INS-3: each folder's config-gateway is accepted and names the folder's Gateways.
func TestThirdParty(t *testing.T) {
	folders, err := filepath.Glob("../../third_party/*/gateways.yaml")
	if err != nil || len(folders) < 3 {
		t.Fatalf("folders %v, %v", folders, err)
	}
	for _, folder := range folders {
		folder = filepath.Dir(folder)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			all := documents(t, folder+"/*.yaml")
			cfg, err := config.NewFromConfigMap(onlyConfigMap(t, all))
			if err != nil {
				t.Fatal(err)
			}
			if len(cfg.External) == 0 || len(cfg.Local) == 0 {
				t.Errorf("a list is empty: %+v", cfg)
			}
			ofKind[gatewayv1.GatewayClass](t, "GatewayClass", all)
			for _, gateway := range ofKind[gatewayv1.Gateway](t, "Gateway", all) {
				name := types.NamespacedName{Namespace: gateway.Namespace, Name: gateway.Name}
				entry, ok := cfg.Entry(external, name)
				if !ok {
					entry, ok = cfg.Entry(local, name)
				}
				if !ok || entry.Class != string(gateway.Spec.GatewayClassName) {
					t.Errorf("Gateway %s of class %s has entry %v of class %q", gateway.Name, gateway.Spec.GatewayClassName, entry, entry.Class)
				}
				for _, listener := range gateway.Spec.Listeners {
					if listener.AllowedRoutes == nil || *listener.AllowedRoutes.Namespaces.From != gatewayv1.NamespacesFromAll {
						t.Errorf("Gateway %s does not admit routes from all namespaces", gateway.Name)
					}
				}
			}
		})
	}
}
