// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

type stored struct {
	data map[string]string
	err  error
}

func (s stored) Get(context.Context, string, metav1.GetOptions) (*corev1.ConfigMap, error) {
	return &corev1.ConfigMap{Data: s.data}, s.err
}

// B-OPS-6: metrics are on unless config-observability says otherwise, and no mistake in it ends the program.
func TestObservability(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	t.Setenv("METRICS_PROMETHEUS_HOST", "127.0.0.1")
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	free.Close()
	for name, c := range map[string]struct {
		from     stored
		port     string
		protocol string
		problem  string // a part of the line to log; empty for none
	}{
		"no ConfigMap":            {from: stored{err: apierrors.NewNotFound(schema.GroupResource{}, "config-observability")}, protocol: "prometheus"},
		"only an example":         {from: stored{data: map[string]string{"_example": "metrics-protocol: none"}}, protocol: "prometheus"},
		"nothing at all":          {protocol: "prometheus"},
		"a blank protocol":        {from: stored{data: map[string]string{"metrics-protocol": " "}}, protocol: "prometheus"},
		"switched off":            {from: stored{data: map[string]string{"metrics-protocol": "none"}}, protocol: "none"},
		"a collector":             {from: stored{data: map[string]string{"metrics-protocol": "http/protobuf", "metrics-endpoint": "http://collector:4318/v1/metrics"}}, protocol: "http/protobuf"},
		"an unknown protocol":     {from: stored{data: map[string]string{"metrics-protocol": "statsd"}}, protocol: "prometheus", problem: `unsupported protocol "statsd"`},
		"a collector is missing":  {from: stored{data: map[string]string{"metrics-protocol": "grpc"}}, protocol: "prometheus", problem: "endpoint should be set"},
		"an endpoint as a path":   {from: stored{data: map[string]string{"metrics-protocol": "prometheus", "metrics-endpoint": "/metrics"}}, protocol: "prometheus", problem: `"/metrics" is not host:port`},
		"a port of root":          {from: stored{data: map[string]string{"metrics-endpoint": "127.0.0.1:80", "metrics-protocol": "prometheus"}}, protocol: "prometheus", problem: "no port between 1024"},
		"the port of probes":      {from: stored{data: map[string]string{"metrics-endpoint": ":8080"}}, protocol: "prometheus", problem: `":8080" has port 8080, which is for kubelet's probes`},
		"the port of profiling":   {from: stored{data: map[string]string{"metrics-endpoint": "0.0.0.0:8008"}}, protocol: "prometheus", problem: "which is for profiling"},
		"the port of the webhook": {from: stored{data: map[string]string{"metrics-endpoint": "[::]:8443"}}, protocol: "prometheus", problem: "which is for the webhook"},
		"another port":            {from: stored{data: map[string]string{"metrics-endpoint": "127.0.0.1:9091"}}, protocol: "prometheus"},
		"no URL":                  {from: stored{data: map[string]string{"metrics-endpoint": "http://\x00", "metrics-protocol": "grpc"}}, protocol: "prometheus", problem: "invalid control character"},
		"an interval in words":    {from: stored{data: map[string]string{"metrics-export-interval": "often"}}, protocol: "prometheus", problem: "metrics: "},
		"tracing is wrong":        {from: stored{data: map[string]string{"tracing-protocol": "pigeon"}}, protocol: "prometheus", problem: `tracing: unsupported protocol "pigeon"`},
		"profiling is wrong":      {from: stored{data: map[string]string{"runtime-profiling": "maybe", "metrics-protocol": "none"}}, protocol: "none", problem: `runtime: unsupported profile setting "maybe"`},
		"the API server is down":  {from: stored{err: errors.New("connection refused")}, protocol: "prometheus", problem: "Cannot read ConfigMap config-observability"},
		"the port is taken":       {port: taken.Addr().String()[len("127.0.0.1:"):], protocol: "prometheus", problem: "Metrics cannot be scraped from this replica, which works otherwise: listen tcp 127.0.0.1:"},
		"taken, but switched off": {from: stored{data: map[string]string{"metrics-protocol": "none"}}, port: taken.Addr().String()[len("127.0.0.1:"):], protocol: "none"},
	} {
		t.Run(name, func(t *testing.T) {
			if t.Setenv("METRICS_PROMETHEUS_PORT", port); c.port != "" {
				t.Setenv("METRICS_PROMETHEUS_PORT", c.port)
			}
			found, problems := observe(t.Context(), c.from)
			if found.Metrics.Protocol != c.protocol {
				t.Errorf("protocol %q", found.Metrics.Protocol)
			}
			if err := found.Metrics.Validate(); err != nil {
				t.Errorf("The program would end: %v", err)
			}
			if said := strings.Join(problems, "\n"); c.problem == "" && said != "" || !strings.Contains(said, c.problem) || len(problems) > 1 {
				t.Errorf("said %q", said)
			}
		})
	}
}
