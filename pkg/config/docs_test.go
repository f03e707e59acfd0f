// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
)

var (
	ourKey = regexp.MustCompile(`(?m)^(external-gateways|local-gateways|drain-time):`)
	patch  = regexp.MustCompile(`configmap config-gateway --type merge -p '(.*)'`)
)

// placeholder stands for a GatewayClass in a command that a message prints, and is refused unless the reader replaces it.
const placeholder = "NAME-OF-A-GATEWAYCLASS"

// TestDocs: B-INS-3, B-INS-11, each configuration that the documentation shows is accepted, in blocks, in patches and in
// the recipe for the Knative Operator.
func TestDocs(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("pages: %v, %v", pages, err)
	}
	shown := map[string]int{}
	for _, page := range append(pages, "../../README.md") {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, data := range configurations(t, strings.ReplaceAll(string(content), placeholder, "a-class")) {
			shown[filepath.Base(page)]++
			if _, err := config.NewFromConfigMap(configMap(data)); err != nil {
				t.Errorf("%s: %v\n%v", page, err, data)
			}
		}
	}
	for page, least := range map[string]int{"README.md": 2, "config-gateway.md": 6, "install.md": 2} {
		if shown[page] < least {
			t.Errorf("%s: %d configurations were found, fewer than %d", page, shown[page], least)
		}
	}
}

// configurations are the data of config-gateway that a page shows.
func configurations(t *testing.T, page string) []map[string]string {
	t.Helper()
	found := []map[string]string{}
	for _, block := range blocks(page) {
		data := map[string]string{}
		switch {
		case ourKey.MatchString(block):
			if err := yaml.UnmarshalStrict([]byte(block), &data); err != nil {
				t.Errorf("%v:\n%s", err, block)
			}
		case strings.Contains(block, "kind: KnativeServing"):
			serving := struct {
				Spec struct {
					Config map[string]map[string]string `json:"config"`
				} `json:"spec"`
			}{}
			if err := yaml.Unmarshal([]byte(block), &serving); err != nil || serving.Spec.Config["network"]["ingress-class"] != config.IngressClass {
				t.Errorf("%v:\n%s", err, block)
			}
			maps.Copy(data, serving.Spec.Config["gateway"])
		default:
			continue
		}
		found = append(found, data)
	}
	for _, match := range patch.FindAllStringSubmatch(page, -1) {
		patched := struct{ Data map[string]string }{}
		if err := json.Unmarshal([]byte(match[1]), &patched); err != nil {
			t.Errorf("%v: %s", err, match[1])
		}
		found = append(found, patched.Data)
	}
	return found
}

// blocks are the code blocks of a page, without their indent. A line that kubectl runs ends one.
func blocks(page string) []string {
	found, block := []string{}, ""
	for line := range strings.Lines(page + "\nend") {
		inside, indented := strings.CutPrefix(line, "    ")
		if indented && !strings.HasPrefix(inside, "kubectl ") {
			block += inside
			continue
		}
		if block != "" {
			found, block = append(found, block), ""
		}
	}
	return found
}

// TestQuickstart: the configuration of docs/quickstart.md is accepted, and its Gateways are made of classes that are there.
func TestQuickstart(t *testing.T) {
	classes := map[string]bool{}
	all := documents(t, "../../docs/examples/kind.yaml")
	for _, class := range ofKind[gatewayv1.GatewayClass](t, "GatewayClass", all) {
		classes[class.Name] = true
	}
	for _, cm := range ofKind[corev1.ConfigMap](t, "ConfigMap", all) {
		if cm.Name != config.Name {
			continue
		}
		cfg, err := config.NewFromConfigMap(cm)
		if err != nil || len(cfg.External) != 1 || len(cfg.Local) != 1 {
			t.Fatalf("%v, %v", cfg, err)
		}
		for _, entry := range append(cfg.External, cfg.Local...) {
			if !entry.Managed || !classes[entry.Class] {
				t.Errorf("%v: managed %t, class %s", entry, entry.Managed, entry.Class)
			}
		}
		return
	}
	t.Error("no config-gateway")
}
