// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/observability"
	o11yconfigmap "knative.dev/pkg/observability/configmap"
	"knative.dev/pkg/observability/metrics"
	"knative.dev/pkg/observability/runtime"
	"knative.dev/pkg/observability/tracing"
)

const (
	keyProtocol = "metrics-protocol"
	// metricsPort is that of the manifests and of knative.dev/pkg.
	metricsPort = "9090"
	// webhookPort is that of the manifests.
	webhookPort = "8443"
)

// configMaps reads ConfigMaps of the system namespace.
type configMaps interface {
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.ConfigMap, error)
}

// observe is what the ConfigMap of Serving for observability says. Where it says nothing of metrics, Prometheus may scrape
// them: knative.dev/pkg's default is none, and Serving's manifest does not set it. A part that is malformed has its
// default, and is a problem to log: knative.dev/pkg would end the program.
func observe(ctx context.Context, from configMaps) (*observability.Config, []string) {
	name := o11yconfigmap.Name()
	cm, err := from.Get(ctx, name, metav1.GetOptions{})
	data, problems := map[string]string{}, []string{}
	switch {
	case err == nil:
		data = cm.Data
	case !apierrors.IsNotFound(err):
		problems = append(problems, fmt.Sprintf("Cannot read ConfigMap %s, so metrics and profiling are as if it were empty, until this program starts again: %v", name, err))
	}
	parsed, refused := parseObservability(data)
	for _, why := range refused {
		problems = append(problems, fmt.Sprintf("ConfigMap %s has a mistake; its default is used until that is corrected and this program starts again: %s", name, why))
	}
	if parsed.Metrics.Protocol == metrics.ProtocolPrometheus {
		if err := canListen(parsed.Metrics.Endpoint); err != nil {
			problems = append(problems, fmt.Sprintf("Metrics cannot be scraped from this replica, which works otherwise: %v", err))
		}
	}
	return parsed, problems
}

// parseObservability parses each part by itself.
func parseObservability(data map[string]string) (*observability.Config, []string) {
	found, problems := observability.DefaultConfig(), []string{}
	refuse := func(what string, err error) bool {
		if err != nil {
			problems = append(problems, what+": "+err.Error())
		}
		return err != nil
	}
	withDefault := maps.Clone(data)
	if strings.TrimSpace(data[keyProtocol]) == "" {
		withDefault = map[string]string{keyProtocol: metrics.ProtocolPrometheus}
		for key, value := range data {
			if key != keyProtocol {
				withDefault[key] = value
			}
		}
	}
	measured, err := metrics.NewFromMap(withDefault)
	if err == nil {
		err = endpointOf(measured)
	}
	if found.Metrics = measured; refuse("metrics", err) {
		found.Metrics = observability.MetricsConfig{Protocol: metrics.ProtocolPrometheus}
	}
	if traced, err := tracing.NewFromMap(data); !refuse("tracing", err) {
		found.Tracing = traced
	}
	if running, err := runtime.NewFromMap(data); !refuse("runtime", err) {
		found.Runtime = running
	}
	return found, problems
}

// endpointOf says what is wrong with the endpoint of metrics, which knative.dev/pkg does not look at before it uses it.
func endpointOf(cfg metrics.Config) error {
	if cfg.Protocol != metrics.ProtocolPrometheus {
		_, err := url.Parse(cfg.Endpoint)
		return err
	}
	if cfg.Endpoint == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(cfg.Endpoint)
	if err != nil {
		return fmt.Errorf("metrics-endpoint %q is not host:port", cfg.Endpoint)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number < 1024 {
		return fmt.Errorf("metrics-endpoint %q has no port between 1024 and 65535", cfg.Endpoint)
	}
	if use := portsInUse()[strconv.FormatUint(number, 10)]; use != "" {
		return fmt.Errorf("metrics-endpoint %q has port %d, which is for %s", cfg.Endpoint, number, use)
	}
	return nil
}

// portsInUse are those on which the programs of the release listen for something else: knative.dev/pkg ends a program that
// finds one of its own taken, again and again.
func portsInUse() map[string]string {
	profiling := cmp.Or(os.Getenv(runtime.ProfilingPortEnvKey), strconv.Itoa(runtime.ProfilingDefaultPort))
	return map[string]string{strconv.Itoa(injection.HealthCheckDefaultPort): "kubelet's probes", profiling: "profiling", webhookPort: "the webhook"}
}

// canListen tells why metrics cannot be served at their address: knative.dev/pkg only prints it, in no form that logs have.
func canListen(endpoint string) error {
	host, port, _ := net.SplitHostPort(endpoint)
	for variable, target := range map[string]*string{"METRICS_PROMETHEUS_HOST": &host, "METRICS_PROMETHEUS_PORT": &port} {
		if value := os.Getenv(variable); value != "" {
			*target = value
		}
	}
	if port == "" {
		port = metricsPort
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	return listener.Close()
}
