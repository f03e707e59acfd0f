// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/check"
	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

// whole is what a good installation has beside the Gateways of shop.yaml.
const whole = `
apiVersion: v1
kind: ConfigMap
metadata: {namespace: knative-serving, name: config-network}
data: {ingress-class: gateway-api.ingress.networking.knative.dev}
---
apiVersion: v1
kind: ConfigMap
metadata: {namespace: knative-serving, name: config-domain}
data: {example.com: ""}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: knative-serving, name: controller, labels: {app.kubernetes.io/version: "1.23.0"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: knative-serving, name: net-gateways-controller, labels: {app.kubernetes.io/name: net-gateways, app.kubernetes.io/component: controller}}
spec: {replicas: 2}
status: {readyReplicas: 2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: knative-serving, name: net-gateways-webhook}
spec: {replicas: 1}
status: {readyReplicas: 1}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: config.webhook.net-gateways.networking.internal.knative.dev}
`

func installed(t *testing.T) *objects.Store {
	t.Helper()
	store, err := objects.Read("../command/testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := whole
	for _, name := range []string{"gatewayclasses", "gateways", "httproutes", "listenersets", "backendtlspolicies"} {
		text += fmt.Sprintf("---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: %s.gateway.networking.k8s.io, annotations: {gateway.networking.k8s.io/bundle-version: v1.6.1}}\n", name)
	}
	return clitest.Change(t, store, text, "")
}

func checked(t *testing.T, store *objects.Store) check.Report {
	t.Helper()
	report, err := check.Of(clitest.Reader(t, store), check.Options{Kubernetes: "v1.35.4"})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

const (
	blue     = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {namespace: gateways, name: blue}\n"
	internal = "apiVersion: v1\nkind: Service\nmetadata: {namespace: envoy-gateway-system, name: envoy-internal}\n"
	cm       = "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: knative-serving, name: %s}\n"
	deploy   = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: knative-serving, name: %s}\n"
)

// faults are those that can be seen from outside, each with the code of its finding, its state and some words.
var faults = map[string]struct {
	change, gone string
	code         string
	state        output.State
	words        string
}{
	"no domain, B-INS-1":              {change: fmt.Sprintf(cm, "config-domain") + "data: null", code: "domain", state: output.Failed, words: "no domain is set"},
	"class not on, B-INS-2":           {change: fmt.Sprintf(cm, "config-network") + "data: null", code: "class", state: output.Failed, words: "Serving asks another plugin"},
	"list not written, B-INS-3":       {change: fmt.Sprintf(cm, "config-gateway") + "data: null", code: "config-gateway", state: output.Failed, words: "is not written"},
	"refused, B-INS-4":                {change: fmt.Sprintf(cm, "config-gateway") + "data: {external-gateways: x}", code: "config-gateway", state: output.Failed, words: "data[external-gateways]"},
	"CRD missing, B-INS-7":            {gone: "customresourcedefinitions.apiextensions.k8s.io /gateways.gateway.networking.k8s.io", code: "gateways", state: output.Failed, words: "does not exist"},
	"CRD too old, B-INS-7":            {change: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: httproutes.gateway.networking.k8s.io, annotations: {gateway.networking.k8s.io/bundle-version: v1.1.0}}", code: "httproutes", state: output.Failed, words: "install v1.2.0"},
	"no ListenerSets, B-INS-7":        {gone: "customresourcedefinitions.apiextensions.k8s.io /listenersets.gateway.networking.k8s.io", code: "listenersets", state: output.Warning, words: "room for 64"},
	"no BackendTLSPolicies, B-INS-7":  {gone: "customresourcedefinitions.apiextensions.k8s.io /backendtlspolicies.gateway.networking.k8s.io", code: "backendtlspolicies", state: output.Warning, words: "system-internal-tls"},
	"other plugin, B-INS-8":           {change: fmt.Sprintf(deploy, "net-gateway-api-controller") + "spec: {replicas: 1}", code: "rival", state: output.Failed, words: "serves the same class"},
	"two installations":               {change: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: elsewhere, name: net-gateways-controller, labels: {app.kubernetes.io/name: net-gateways, app.kubernetes.io/component: controller}}", code: "installations", state: output.Failed, words: "second installation"},
	"Gateway gone":                    {gone: "gateways.gateway.networking.k8s.io gateways/blue", code: "external-gateways[0]", state: output.Failed, words: "does not exist"},
	"Gateway of another class":        {change: blue + "spec: {gatewayClassName: eg-green}", code: "external-gateways[0]", state: output.Failed, words: "gatewayClassName"},
	"class gone, B-INS-9":             {gone: "gatewayclasses.gateway.networking.k8s.io /eg-blue", code: "external-gateways[0]", state: output.Failed, words: "GatewayClass eg-blue does not exist"},
	"not admitting":                   {change: blue + "spec: {listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Same}}}]}", code: "external-gateways[0]", state: output.Failed, words: "allowedRoutes"},
	"no ListenerSets allowed":         {change: blue + "spec: {allowedListeners: null}", code: "external-gateways[0]", state: output.Warning, words: "admits no ListenerSets"},
	"no address, B-RDY-7":             {change: blue + "status: {addresses: null}", code: "external-gateways[0]", state: output.Warning, words: "has no address"},
	"no address, no Service, B-RDY-7": {change: blue + "status: {addresses: null}", gone: "services envoy-gateway-system/envoy-blue", code: "external-gateways[0]", state: output.Failed, words: "set `service`"},
	"port 80 of a local one":          {change: internal + "spec: {ports: [{name: http, port: 8080}]}", code: "local-gateways[0]", state: output.Failed, words: "port 80"},
	"local one exposed":               {change: internal + "spec: {type: LoadBalancer}", code: "local-gateways[0]", state: output.Warning, words: "reachable from outside"},
	"controller down":                 {change: fmt.Sprintf(deploy, "net-gateways-controller") + "status: {readyReplicas: 0}", code: "controller", state: output.Failed, words: "no pod"},
	"webhook down":                    {change: fmt.Sprintf(deploy, "net-gateways-webhook") + "status: {readyReplicas: 0}", code: "webhook", state: output.Failed, words: "no pod"},
	"no webhook":                      {gone: "validatingwebhookconfigurations.admissionregistration.k8s.io /config.webhook.net-gateways.networking.internal.knative.dev", code: "webhook", state: output.Warning, words: "not checked"},
	"different versions":              {change: pod("a", "image:1") + "---\n" + pod("b", "image:2"), code: "versions", state: output.Failed, words: "image:1, image:2"},
}

func pod(name, image string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {namespace: knative-serving, name: %s, labels: {app: net-gateways-controller}}\nspec: {containers: [{name: net-gateways-controller, image: %q}]}\n", name, image)
}

// TestFaults: in a good installation nothing is found; each fault is found once, with a command. A command that patches an
// object mends the fault.
func TestFaults(t *testing.T) {
	if report := checked(t, installed(t)); report.Failed+report.Warnings > 0 || len(report.Unseen) > 0 {
		t.Fatalf("A good installation: %+v", report)
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			store := clitest.Change(t, installed(t), fault.change, fault.gone)
			finding := find(checked(t, store), fault.code, fault.words)
			if finding == nil || finding.State != fault.state || finding.Fix == "" && finding.More == "" {
				t.Fatalf("found %+v, want %s with %q", checked(t, store).Findings, fault.state, fault.words)
			}
			if mend(t, store, finding.Fix) {
				if again := find(checked(t, store), fault.code, fault.words); again != nil {
					t.Errorf("%s does not mend it: %+v", finding.Fix, again)
				}
			}
		})
	}
}

func find(report check.Report, code, words string) *check.Finding {
	for _, finding := range report.Findings {
		if finding.Code == code && strings.Contains(finding.Detail, words) {
			return &finding
		}
	}
	return nil
}

var patches = regexp.MustCompile(`^kubectl -n (\S+) patch (\S+) (\S+) --type (merge|json) -p '(.*)'$`)

// mend runs a command that patches an object; false if it is another command.
func mend(t *testing.T, store *objects.Store, command string) bool {
	t.Helper()
	match := patches.FindStringSubmatch(command)
	if match == nil {
		return false
	}
	kind := map[string]objects.Kind{"gateway": objects.Gateways, "configmap": objects.ConfigMaps}[match[2]]
	object, err := store.Get(kind, types.NamespacedName{Namespace: match[1], Name: match[3]})
	if err != nil || object == nil {
		t.Fatalf("%s: %v", command, err)
	}
	before, err := object.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var after []byte
	if match[4] == "merge" {
		after, err = jsonpatch.MergePatch(before, []byte(match[5]))
	} else {
		patch, bad := jsonpatch.DecodePatch([]byte(match[5]))
		if bad != nil {
			t.Fatal(bad)
		}
		after, err = patch.Apply(before)
	}
	if err != nil {
		t.Fatal(err)
	}
	patched := object.DeepCopy()
	if err := patched.UnmarshalJSON(after); err != nil {
		t.Fatal(err)
	}
	if err := store.Add(patched); err != nil {
		t.Fatal(err)
	}
	return true
}
