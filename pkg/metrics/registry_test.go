// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	otelprom "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const (
	external = v1alpha1.IngressVisibilityExternalIP
	local    = v1alpha1.IngressVisibilityClusterLocal
)

// exporter serves what a Registry exports, as knative.dev/pkg does.
func exporter(t testing.TB, r *Registry) http.Handler {
	t.Helper()
	registry := prometheus.NewRegistry()
	exporter, err := otelprom.New(otelprom.WithRegisterer(registry), otelprom.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Export(sdkmetric.NewMeterProvider(sdkmetric.WithReader(exporter))); err != nil {
		t.Fatal(err)
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// scraped is what a scrape gets.
func scraped(t testing.TB, r *Registry) func() string {
	t.Helper()
	handler := exporter(t, r)
	return func() string {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if recorder.Code != http.StatusOK {
			t.Fatalf("status %d: %s", recorder.Code, recorder.Body)
		}
		return recorder.Body.String()
	}
}

// seriesOf are the lines of series of ours with all of these words.
func seriesOf(text string, words ...string) (found []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "net_gateways_") && !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(line, word) }) {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}

func gatewayNamed(name string) types.NamespacedName {
	return types.NamespacedName{Namespace: "gateways", Name: name}
}

// configured is a Registry whose config-gateway has these Gateways under external-gateways.
func configured(names ...string) (*Registry, *config.Config) {
	cfg := &config.Config{}
	for i, name := range names {
		cfg.External = append(cfg.External, config.Entry{Visibility: external, Index: i, Class: "fast", Gateway: gatewayNamed(name)})
	}
	r := New()
	r.Configured(func() config.State { return config.State{Config: cfg, Configured: true} })
	return r, cfg
}

// fill gives a Gateway every series that it can have, and more.
func fill(r *Registry, name string) {
	at := Entry{gatewayNamed(name), external}
	r.mu.Lock()
	r.gateways[at] = Gateway{Class: "fast", Exists: true, Private: new(true), OwnListeners: 3}
	r.beats[at] = Beat{Mode: probe.DataPlane, Reachable: 2}
	if r.presented == nil {
		r.presented = map[Entry]map[CertificateProblem]int{}
	}
	r.presented[at] = map[CertificateProblem]int{CertificateExpired: 1}
	r.mu.Unlock()
	for _, kind := range []probe.Kind{"", probe.Unreachable, probe.NoAnswer, probe.Handshake, probe.Credentials, probe.NotServed, probe.BadStatus, probe.FormerVersion, probe.WrongHash} {
		state := probe.Failed
		if kind == "" {
			state = probe.Proven
		}
		r.Probe(probe.Result{Target: probe.Target{Gateway: at.Gateway}, State: state, Kind: kind})
	}
	for i := range 50 {
		uid := types.UID(fmt.Sprint(name, i))
		standing := status.Standing{Gateway: at.Gateway, Visibility: external, State: status.StandingFailed, Reason: fmt.Sprint("Reason", i), NewlyProven: true}
		r.Stands(uid, []status.Standing{standing})
		r.Ready([]status.Standing{standing}, time.Second)
		r.Lacks(uid, map[Entry][]string{at: {fmt.Sprint("Feature", i)}})
	}
}

// B-OPS-6: what is exported is what is defined: the same names, and labels.
func TestDefinitions(t *testing.T) {
	r, cfg := configured("blue")
	cfg.Local = []config.Entry{{Visibility: local, Gateway: gatewayNamed("internal")}}
	fill(r, "blue")
	r.Leads(Gateways, "all", true)
	transport := r.CountWrites(roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 201, Body: http.NoBody}, nil
	}))
	send(transport, httptest.NewRequest(http.MethodPost, "/api/v1/namespaces/a/events", nil))
	text := scraped(t, r)()
	for _, definition := range Definitions() {
		for _, name := range definition.Prometheus() {
			found := seriesOf(text, name+"{")
			if len(found) == 0 {
				t.Errorf("%s is not exported", name)
				continue
			}
			for _, label := range definition.Labels {
				if !strings.Contains(found[0], label+`="`) && (label != "le" || strings.HasSuffix(name, "_bucket")) {
					t.Errorf("%s has no label %s", found[0], label)
				}
			}
		}
	}
	for _, line := range seriesOf(text) {
		name, _, _ := strings.Cut(line, "{")
		if !slices.ContainsFunc(Definitions(), func(d Definition) bool { return slices.Contains(d.Prometheus(), name) }) {
			t.Errorf("%s is not defined", name)
		}
	}
}

// B-OPS-6: KIngresses are counted at the Gateway of each side, by state and reason, and those without one as well.
func TestIngresses(t *testing.T) {
	r, cfg := configured("blue")
	cfg.Local = []config.Entry{{Visibility: local, Gateway: gatewayNamed("internal")}}
	stands := func(uid types.UID, state status.StandingState, reason string) {
		r.Stands(uid, []status.Standing{
			{Gateway: gatewayNamed("blue"), Visibility: external, State: state, Reason: reason, Moving: reason == "", NewlyProven: reason == ""},
			{Gateway: gatewayNamed("internal"), Visibility: local, State: status.StandingReady},
		})
	}
	stands("a", status.StandingWaiting, "ProbeFailed")
	stands("a", status.StandingReady, "")
	stands("b", status.StandingWaiting, "ProbeFailed")
	stands("gone", status.StandingFailed, "HostConflict")
	r.Evict("gone")
	r.Stands("c", []status.Standing{{Visibility: external, State: status.StandingFailed, Reason: "GatewayNotConfigured"}})
	r.Ready([]status.Standing{{Gateway: gatewayNamed("blue"), Visibility: external, NewlyProven: true}, {Gateway: gatewayNamed("internal"), Visibility: local}}, 3*time.Second)
	text := scraped(t, r)()
	for _, c := range []struct {
		words []string
		value string
		count int
	}{
		{[]string{"net_gateways_ingresses{", `"blue"`, `state="ready"`, `reason=""`, `visibility="external"`}, "1", 1},
		{[]string{"net_gateways_ingresses{", `"blue"`, `state="waiting"`, `reason="ProbeFailed"`}, "1", 1},
		{[]string{"net_gateways_ingresses{", `"internal"`, `state="ready"`, `visibility="local"`}, "2", 1},
		{[]string{"net_gateways_ingresses{", `gateway_name=""`, `reason="GatewayNotConfigured"`}, "1", 1},
		{[]string{"net_gateways_ingresses{", "HostConflict"}, "", 0},
		{[]string{"net_gateways_ingresses_moving{", `"blue"`}, "1", 1},
		{[]string{"net_gateways_ingresses_moving{", `"internal"`}, "0", 1},
		{[]string{"net_gateways_ingress_ready_duration_seconds_bucket{", `"blue"`, `le="2.5"`}, "0", 1},
		{[]string{"net_gateways_ingress_ready_duration_seconds_bucket{", `"blue"`, `le="5"`}, "1", 1},
		{[]string{"net_gateways_ingress_ready_duration_seconds_sum{", `"blue"`}, "3", 1},
		{[]string{"net_gateways_ingress_ready_duration_seconds_count{", `"internal"`}, "", 0},
		{[]string{"net_gateways_config_state{", `"configured"`}, "1", 1},
	} {
		found := seriesOf(text, c.words...)
		if len(found) != c.count || len(found) > 0 && !strings.HasSuffix(found[0], "} "+c.value) {
			t.Errorf("%q: %q", c.words, found)
		}
	}
}

// B-OPS-6: what is written is counted as the API server sees it.
func TestWrites(t *testing.T) {
	r, _ := configured()
	for _, c := range []struct {
		method, path string
		code         int
		want         write
	}{
		{"POST", "/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes", 201, write{"httproutes", "create", "ok"}},
		{"PATCH", "/apis/gateway.networking.k8s.io/v1/namespaces/a/gateways/b", 409, write{"gateways", "patch", "conflict"}},
		{"PUT", "/apis/networking.internal.knative.dev/v1alpha1/namespaces/a/ingresses/b/status", 403, write{"ingresses/status", "update", "refused"}},
		{"DELETE", "/api/v1/namespaces/a/configmaps/b", 500, write{"configmaps", "delete", "failed"}},
		{"POST", "/api/v1/namespaces/a/events", 0, write{"events", "create", "failed"}},
		{"DELETE", "/api/v1/namespaces/a", 200, write{"others", "delete", "ok"}},
		{"POST", "/version", 200, write{"others", "create", "ok"}},
		{"GET", "/api/v1/namespaces/a/configmaps", 200, write{}},
	} {
		clear(r.written)
		transport := r.CountWrites(roundTripper(func(*http.Request) (*http.Response, error) {
			if c.code == 0 {
				return nil, io.EOF
			}
			return &http.Response{StatusCode: c.code, Body: http.NoBody}, nil
		}))
		send(transport, httptest.NewRequest(c.method, c.path, nil))
		if count := r.written[c.want]; c.want != (write{}) && count != 1 || c.want == (write{}) && len(r.written) > 0 {
			t.Errorf("%s %s: %v", c.method, c.path, r.written)
		}
	}
}

func send(by http.RoundTripper, request *http.Request) {
	if response, err := by.RoundTrip(request); err == nil {
		response.Body.Close()
	}
}
