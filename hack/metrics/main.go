// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/metrics"
)

const (
	page          = "docs/metrics.md"
	begin         = "<!-- From pkg/metrics, by `go run ./hack/metrics`. -->\n"
	end           = "<!-- The end of what is generated. -->\n"
	dashboardJSON = "config/monitoring/dashboard.json"
	dashboardYAML = "config/monitoring/dashboard.yaml"
	alerts        = "config/monitoring/alerts.yaml"
)

func main() {
	rules := flag.Bool("rules", false, "print the rules for a Prometheus without its operator")
	divide := flag.Int("divide", 1, "divide the times after which alerts fire")
	flag.Parse()
	run := generate
	if *rules {
		run = func() error { return printRules(*divide) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "hack/metrics:", err)
		os.Exit(1)
	}
}

func generate() error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("%s has no place for the list", page)
	}
	if err := os.WriteFile(page, []byte(string(before)+begin+list(metrics.Definitions())+end+string(after)), 0o644); err != nil {
		return err
	}
	dashboard, err := os.ReadFile(dashboardJSON)
	if err != nil {
		return err
	}
	return os.WriteFile(dashboardYAML, []byte(configMap(string(dashboard))), 0o644)
}

// list is a section for each metric.
func list(definitions []metrics.Definition) string {
	var b strings.Builder
	for _, d := range definitions {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", strings.TrimSuffix(d.Prometheus()[0], "_bucket"), d.Help)
		fmt.Fprintf(&b, "- %s, exported by %s; in OpenTelemetry `%s`\n- labels: `%s`\n", d.Kind, d.From, d.Name, strings.Join(d.Labels, "`, `"))
		if d.Kind == metrics.Histogram {
			fmt.Fprintf(&b, "- series: `%s`\n", strings.Join(d.Prometheus(), "`, `"))
		}
	}
	b.WriteString("\n")
	return b.String()
}

// configMap is a dashboard as Grafana's sidecar finds it.
func configMap(dashboard string) string {
	return `# From dashboard.json, by ` + "`go run ./hack/metrics`" + `. Grafana's sidecar finds it by its label.
apiVersion: v1
kind: ConfigMap
metadata:
  name: net-gateways-dashboard
  namespace: knative-serving
  labels:
    app.kubernetes.io/name: net-gateways
    app.kubernetes.io/part-of: knative-serving
    grafana_dashboard: "1"
data:
  net-gateways.json: |
` + "    " + strings.ReplaceAll(strings.TrimSpace(dashboard), "\n", "\n    ") + "\n"
}
