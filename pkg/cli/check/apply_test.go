// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/gateway-api/pkg/consts"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// servingCore is what check reads of Knative Serving's file.
const servingCore = `{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: knative-serving, name: controller, labels: {app.kubernetes.io/version: "1.23.0"}}}`

var gatewayAPIFile = regexp.MustCompile(`^https://github\.com/kubernetes-sigs/gateway-api/releases/download/(v[0-9.]+)/(standard|experimental)-install\.yaml$`)

// applyFile applies a file that a command names: our own from the files of which the release is made, the CRDs from the module of the
// Gateway API. Of Serving and of Envoy Gateway it is what check reads.
func (c *cluster) applyFile(file string) bool {
	c.Helper()
	gatewayAPI := gatewayAPIFile.FindStringSubmatch(file)
	switch {
	case gatewayAPI != nil && gatewayAPI[1] == consts.BundleVersion:
		module, err := exec.CommandContext(c.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api").Output()
		c.must(err)
		c.applyFolder(filepath.Join(strings.TrimSpace(string(module)), "config/crd", gatewayAPI[2]))
	case file == "net-gateways.yaml":
		c.applyFolder("../../../config")
	case file == "https://github.com/knative/serving/releases/download/knative-v1.23.0/serving-crds.yaml":
	case file == "https://github.com/knative/serving/releases/download/knative-v1.23.0/serving-core.yaml":
		c.applyText(servingCore)
	case file == "https://github.com/envoyproxy/gateway/releases/download/v1.9.1/install.yaml":
		c.applyText(envoyGateway)
	case file == "https://github.com/net-gateways/net-gateways/raw/main/third_party/envoy-gateway/classes.yaml":
		text, err := os.ReadFile("../../../third_party/envoy-gateway/classes.yaml")
		c.must(err)
		c.applyText(string(text))
	default:
		return false
	}
	return true
}

func (c *cluster) applyFolder(folder string) {
	c.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		c.Fatal(folder, files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		text, err := os.ReadFile(file)
		c.must(err)
		c.applyText(string(text))
	}
}

// applyText applies the objects of a text, each of them alone or in a List.
func (c *cluster) applyText(text string) {
	c.Helper()
	for one := range strings.SplitSeq("\n"+text, "\n---") {
		content := map[string]any{}
		document, err := yaml.YAMLToJSON([]byte(one))
		c.must(err)
		c.must(utiljson.Unmarshal(document, &content)) // with whole numbers, as in a cluster
		items, isList := content["items"].([]any)
		if !isList {
			items = []any{content}
		}
		for _, item := range items {
			if object := item.(map[string]any); len(object) > 0 {
				c.apply(object)
			}
		}
	}
}

func (c *cluster) apply(content map[string]any) {
	c.Helper()
	object := &unstructured.Unstructured{Object: content}
	name := types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
	if object.GetKind() == "EnvoyProxy" {
		text, err := json.Marshal(content)
		c.must(err)
		c.applyProxy(name, string(text))
		return
	}
	gvk := object.GroupVersionKind()
	kind, known := objects.KindOf(gvk.Group, gvk.Kind)
	if !known {
		return
	}
	before, err := c.Get(kind, name)
	c.must(err)
	if before != nil {
		object.Object = merged(before.Object, object.Object)
	}
	c.write(kind, object)
}

// applyProxy notes the type of Services that an EnvoyProxy demands.
func (c *cluster) applyProxy(name types.NamespacedName, text string) {
	c.Helper()
	content := map[string]any{}
	c.must(json.Unmarshal([]byte(text), &content))
	demanded, _, _ := unstructured.NestedString(content, "spec", "provider", "kubernetes", "envoyService", "type")
	if c.envoyServices == nil {
		c.envoyServices = map[string]string{}
	}
	c.envoyServices[name.String()] = demanded
	for _, gateway := range c.all(objects.Gateways) {
		if used, _, _ := unstructured.NestedString(gateway.Object, "spec", "infrastructure", "parametersRef", "name"); gateway.GetNamespace() == name.Namespace && used == name.Name {
			c.program(types.NamespacedName{Namespace: gateway.GetNamespace(), Name: gateway.GetName()})
		}
	}
}
