// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

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
spec: {replicas: 2, template: {spec: {containers: [{name: net-gateways-controller, image: "image:2"}]}}}
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
---
apiVersion: v1
kind: Namespace
metadata: {name: gateways}
---
apiVersion: v1
kind: Service
metadata: {namespace: envoy-gateway-system, name: envoy-blue}
status: {loadBalancer: {ingress: [{ip: 203.0.113.10}]}}
---
apiVersion: v1
kind: Pod
metadata: {namespace: envoy-gateway-system, name: envoy-blue-0}
status: {podIP: 10.244.1.7, hostIP: 192.0.2.10}
---
` + envoyGateway

// envoyGateway is the program of the implementation.
const envoyGateway = `
apiVersion: apps/v1
kind: Deployment
metadata: {namespace: envoy-gateway-system, name: envoy-gateway}
spec: {replicas: 1}
status: {readyReplicas: 1}
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

func (c *cluster) checked() check.Report {
	c.Helper()
	report, err := check.Of(clitest.Reader(c.T, c.Store), check.Options{Kubernetes: c.kubernetes})
	c.must(err)
	return report
}

// TestWhole: in a good installation nothing is found.
func TestWhole(t *testing.T) {
	c := &cluster{T: t, Store: installed(t), kubernetes: "v1.35.4"}
	if report := c.checked(); report.Failed+report.Warnings > 0 || len(report.Unseen) > 0 {
		t.Fatalf("A good installation: %+v", report)
	}
}

// TestFaults: B-INS-1 to B-INS-9, B-RDY-7, each fault that can be seen from outside is found, with a command. The shell runs the
// command, and after that nothing is found. Only an upgrade of Kubernetes takes more than one of them.
func TestFaults(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			store := installed(t)
			if fault.settled {
				clitest.Settle(t, store)
			}
			c := &cluster{T: t, Store: clitest.Change(t, store, fault.change, fault.gone), kubernetes: cmp.Or(fault.kubernetes, "v1.35.4")}
			finding := find(c.checked(), fault.code, fault.words)
			if finding == nil || finding.State != fault.state {
				t.Fatalf("found %+v, want %s with %q", c.checked().Findings, fault.state, fault.words)
			}
			for step := 0; finding != nil && step <= fault.further; step++ {
				if finding.Fix == "" || finding.More == "" && finding.Look == "" {
					t.Fatalf("It has no command: %+v", finding)
				}
				t.Log(finding.Fix)
				c.run(finding.Fix)
				finding = trouble(c.checked())
			}
			if report := c.checked(); report.Failed+report.Warnings > 0 || len(report.Unseen) > 0 {
				t.Errorf("It does not mend it: %s", said(report))
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

// trouble is the first finding that is not as it should be; nil if all is well.
func trouble(report check.Report) *check.Finding {
	for _, finding := range report.Findings {
		if finding.State == output.Failed || finding.State == output.Warning {
			return &finding
		}
	}
	return nil
}

func said(report check.Report) string {
	paper := &output.Paper{}
	report.Text(paper)
	return paper.String()
}
