// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/metrics"
)

var metricName = regexp.MustCompile(`\bnet_gateways_[a-z0-9_]+`)

// exported are the names of all series of ours, and those of histograms as a whole.
func exported() map[string]bool {
	names := map[string]bool{}
	for _, definition := range metrics.Definitions() {
		for _, name := range definition.Prometheus() {
			names[name] = true
			names[strings.TrimSuffix(name, "_bucket")] = true
		}
	}
	return names
}

// unknown are the names of metrics in a text that nothing exports.
func unknown(text string) (found []string) {
	names := exported()
	for _, name := range metricName.FindAllString(text, -1) {
		if !names[name] {
			found = append(found, name)
		}
	}
	return found
}

// B-OPS-6: every metric that a rule, the dashboard, a test or a page names is exported, and every exported one is documented.
func TestNames(t *testing.T) {
	t.Chdir("../..")
	files := []string{"README.md"}
	for _, pattern := range []string{"docs/*.md", "config/monitoring/*", "test/monitoring/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if names := unknown(read(t, file)); len(names) > 0 {
			t.Errorf("%s names %q, which are not exported", file, names)
		}
	}
	if names := unknown("net_gateways_ingresses, net_gateways_ingresess"); !slices.Equal(names, []string{"net_gateways_ingresess"}) {
		t.Errorf("A wrong name is not found: %q", names)
	}
	documented := read(t, page)
	for _, definition := range metrics.Definitions() {
		for _, name := range definition.Prometheus() {
			if !strings.Contains(documented, name) {
				t.Errorf("%s does not name %s", page, name)
			}
		}
	}
}

// B-OPS-6: each alert says what to do, how bad it is, and is tested; and its link leads to a heading.
func TestAlerts(t *testing.T) {
	t.Chdir("../..")
	rules, err := readRules(alerts)
	if err != nil {
		t.Fatal(err)
	}
	tests, headings, seen := read(t, "test/monitoring/alerts.yaml"), read(t, "docs/alerts.md"), map[string]bool{}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			if seen[rule.Alert] {
				t.Errorf("%s is there twice", rule.Alert)
			}
			seen[rule.Alert] = true
			if severity := rule.Labels["severity"]; severity != "critical" && severity != "warning" {
				t.Errorf("%s has severity %q", rule.Alert, severity)
			}
			const base = "https://github.com/net-gateways/net-gateways/blob/main/docs/alerts.md#"
			if rule.Annotations["summary"] == "" || rule.Annotations["description"] == "" || rule.Annotations["runbook_url"] != base+strings.ToLower(rule.Alert) {
				t.Errorf("%s: %q", rule.Alert, rule.Annotations)
			}
			if !strings.Contains(headings, "\n## "+rule.Alert+"\n") {
				t.Errorf("docs/alerts.md has no heading %s", rule.Alert)
			}
			if !strings.Contains(tests, "- name: "+rule.Alert+" fires") || !strings.Contains(tests, "- name: "+rule.Alert+" is silent") {
				t.Errorf("%s is not tested both ways", rule.Alert)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("%d alerts", len(seen))
	}
}

// B-OPS-6: the dashboard is what Grafana reads: strictly decoded, each panel with a query, each variable used.
func TestDashboard(t *testing.T) {
	t.Chdir("../..")
	text := read(t, dashboardJSON)
	for _, panel := range panels(t, text) {
		if panel.Type == "row" {
			if !strings.HasSuffix(panel.Title, "?") {
				t.Errorf("The row %q asks nothing", panel.Title)
			}
			continue
		}
		if panel.Title == "" || len(panel.Targets) == 0 {
			t.Errorf("Panel %d has no title, or no query", panel.ID)
		}
	}
	if configMap(text) != read(t, dashboardYAML) {
		t.Errorf("%s is not that of %s: go run ./hack/metrics", dashboardYAML, dashboardJSON)
	}
}

type panel struct {
	ID      int
	Type    string
	Title   string
	Targets []struct{ Expr string }
}

func panels(t *testing.T, text string) []panel {
	t.Helper()
	var dashboard struct {
		UID    string
		Panels []panel
	}
	if err := json.Unmarshal([]byte(text), &dashboard); err != nil || dashboard.UID != "net-gateways" || len(dashboard.Panels) < 10 {
		t.Fatalf("%s: %d panels, %v", dashboard.UID, len(dashboard.Panels), err)
	}
	ids := map[int]bool{}
	for _, panel := range dashboard.Panels {
		if ids[panel.ID] {
			t.Errorf("Two panels have the id %d", panel.ID)
		}
		ids[panel.ID] = true
	}
	return dashboard.Panels
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
