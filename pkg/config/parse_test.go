// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

const (
	system   = "knative-serving"
	external = v1alpha1.IngressVisibilityExternalIP
	local    = v1alpha1.IngressVisibilityClusterLocal
)

// compareSelectors because labels.Selector is an interface with hidden fields.
var compareSelectors = cmp.Comparer(func(a, b labels.Selector) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.String() == b.String()
})

func name(text string) types.NamespacedName {
	namespace, name, _ := strings.Cut(text, "/")
	return types.NamespacedName{Namespace: namespace, Name: name}
}

func selector(t *testing.T, text string) labels.Selector {
	t.Helper()
	s, err := labels.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func configMap(data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: system, Name: config.Name, ResourceVersion: "1"},
		Data:       data,
	}
}

// everyField is a list in which each field of an entry is set somewhere.
const everyField = `
- class: eg-blue
  gateway: gateways/blue
  service: envoy-gateway-system/blue
  http-listener-name: http
  supported-features: [HTTPRouteHostRewrite, ListenerSet]
  proxy-protocol-enabled: true
  probe: address
- class: eg-green
  gateway: gateways/green
  label-selector: gateway=green,tier in (gold,silver)
- class: eg-tenant
  label-selector: {matchLabels: {app: a}}
  namespace-selector:
    matchExpressions: [{key: tenant, operator: Exists}]
`

// wantEveryField is the configuration of everyField, and of a local list with a class alone.
func wantEveryField(t *testing.T) *config.Config {
	t.Helper()
	none := sets.New[gwfeatures.FeatureName]()
	return &config.Config{
		External: []config.Entry{{
			Visibility: external, Index: 0, Class: "eg-blue", Gateway: name("gateways/blue"),
			Service: name("envoy-gateway-system/blue"), HTTPListener: "http",
			Features:      sets.New[gwfeatures.FeatureName]("HTTPRouteHostRewrite", "ListenerSet"),
			ProxyProtocol: true, Probe: probe.Address,
		}, {
			Visibility: external, Index: 1, Class: "eg-green", Gateway: name("gateways/green"),
			Features: none, Probe: probe.Auto,
			LabelSelector: selector(t, "gateway=green,tier in (gold,silver)"),
		}, {
			Visibility: external, Index: 2, Class: "eg-tenant", Features: none, Probe: probe.Auto,
			Gateway: name("knative-serving/knative-external-eg-tenant"), Managed: true,
			LabelSelector: selector(t, "app=a"), NamespaceSelector: selector(t, "tenant"),
		}},
		Local: []config.Entry{{
			Visibility: local, Index: 0, Class: "eg-internal", Features: none, Probe: probe.Auto,
			Gateway: name("knative-serving/knative-local-eg-internal"), Managed: true,
		}},
		Drain: config.DefaultDrain,
	}
}

// B-INS-3: every field, in both lists.
func TestParse(t *testing.T) {
	got, warnings, err := config.Parse(map[string]string{
		"_example":              "anything: [",
		config.ExternalGateways: everyField,
		config.LocalGateways:    "- class: eg-internal\n",
	}, system)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("Parse: %v, warnings %v", err, warnings)
	}
	if diff := cmp.Diff(wantEveryField(t), got, compareSelectors); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !got.External[0].IsDefault() || got.External[1].IsDefault() || got.External[2].IsDefault() {
		t.Error("exactly the entry without selectors is the default")
	}
	if s := got.External[1].String(); s != "external-gateways[1] (gateways/green)" {
		t.Errorf("String: %s", s)
	}
	if entry, ok := got.Entry(local, name("knative-serving/knative-local-eg-internal")); !ok || entry.Visibility != local {
		t.Errorf("Entry: %v, %t", entry, ok)
	}
	if _, ok := got.Entry(external, name("gateways/other")); ok {
		t.Error("Entry finds a Gateway that no entry names")
	}
	if len(got.Entries(external)) != 3 || len(got.Entries(local)) != 1 {
		t.Errorf("Entries: %d external, %d local", len(got.Entries(external)), len(got.Entries(local)))
	}
}

// B-INS-3, B-INS-8: a file as users of the single-gateway plugin have it, in the
// forms that Knative's documentation shows, parses unchanged.
func TestParseFileOfSingleGatewayPlugin(t *testing.T) {
	cfg, err := config.NewFromConfigMap(configMap(map[string]string{
		config.ExternalGateways: `- class: cilium
  gateway: knative-external-gateway/knative
  service: knative-external-gateway/cilium-gateway-knative
  supported-features:
  - Gateway
  - GatewayPort8080
  - HTTPRoute
  - HTTPRouteHostRewrite
  - HTTPRouteRequestTimeout
  - HTTPResponseHeaderModification
`,
		config.LocalGateways: `
  - class: cilium
    gateway: knative-local-gateway/knative
    service: ""
    supported-features:
`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if e := cfg.External[0]; e.Managed || e.Service != name("knative-external-gateway/cilium-gateway-knative") || len(e.Features) != 6 {
		t.Errorf("external: %+v", e)
	}
	if e := cfg.Local[0]; e.Gateway != name("knative-local-gateway/knative") || e.Service.Name != "" || len(e.Features) != 0 {
		t.Errorf("local: %+v", e)
	}
}

// B-INS-6: an empty list is valid and configures nothing.
func TestParseNothingConfigured(t *testing.T) {
	for _, text := range []string{"", "  \n", "[]", "# nothing yet\n", "---\n", "null"} {
		cfg, err := config.NewFromConfigMap(configMap(map[string]string{config.ExternalGateways: text}))
		if err != nil || cfg.Configured() {
			t.Errorf("%q: %v, %v", text, cfg, err)
		}
	}
	if cfg, _, err := config.Parse(nil, system); err != nil || cfg.Configured() {
		t.Errorf("no data: %v, %v", cfg, err)
	}
}

// TestDrainTime: B-SEL-5, the drain time is configurable, and a mistake in it is named.
func TestDrainTime(t *testing.T) {
	for text, want := range map[string]time.Duration{"5s": 5 * time.Second, " 2m\n": 2 * time.Minute, "0s": 0, "1h": time.Hour} {
		got, warnings, err := config.Parse(map[string]string{config.DrainTime: text}, system)
		if err != nil || len(warnings) > 0 || got.Drain != want {
			t.Errorf("%q: %v, %v, %v", text, got, warnings, err)
		}
	}
	for _, text := range []string{"", "60", "-1s", "61m", "soon"} {
		_, _, err := config.Parse(map[string]string{config.DrainTime: text}, system)
		if err == nil || !strings.Contains(err.Error(), "data[drain-time]") || !strings.Contains(err.Error(), "write a duration from 0s to 1h0m0s, such as 1m0s") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestPathRouting: B-PTH-1, path routing can be switched off, and a mistake in it is named.
func TestPathRouting(t *testing.T) {
	for text, want := range map[string]bool{"enabled": false, " disabled\n": true} {
		got, warnings, err := config.Parse(map[string]string{config.PathRouting: text}, system)
		if err != nil || len(warnings) > 0 || got.NoPaths != want {
			t.Errorf("%q: %+v, %v, %v", text, got, warnings, err)
		}
	}
	for _, text := range []string{"", "off", "Disabled"} {
		_, _, err := config.Parse(map[string]string{config.PathRouting: text}, system)
		if err == nil || !strings.Contains(err.Error(), `data[path-routing]: Unsupported value: "`+text+`": supported values: "enabled", "disabled"`) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
