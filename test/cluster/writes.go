// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/client-go/kubernetes"
)

// Writes are the API server's own counts of creates, updates and patches that it
// accepted from all clients.
type Writes struct {
	// Routes are those of HTTPRoutes, without those of their status.
	Routes int
	// Statuses are those of the status of KIngresses.
	Statuses int
}

// CountWrites reads the counters. They start anew with the API server's process.
func CountWrites(ctx context.Context, client kubernetes.Interface) (Writes, error) {
	text, err := client.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return Writes{}, err
	}
	counted := Writes{}
	for line := range strings.Lines(string(text)) {
		labels, isCount := strings.CutPrefix(strings.TrimSpace(line), "apiserver_request_total{")
		if !isCount || !isWrite(labels) {
			continue
		}
		var value float64
		if _, err := fmt.Sscanf(labels[strings.LastIndex(labels, " ")+1:], "%g", &value); err != nil {
			return Writes{}, fmt.Errorf("counter %q: %w", line, err)
		}
		switch {
		case has(labels, "resource", "httproutes") && has(labels, "subresource", ""):
			counted.Routes += int(value)
		case has(labels, "resource", "ingresses") && has(labels, "subresource", "status") && has(labels, "group", "networking.internal.knative.dev"):
			counted.Statuses += int(value)
		}
	}
	return counted, nil
}

// Sub is what was written since earlier.
func (w Writes) Sub(earlier Writes) Writes {
	return Writes{Routes: w.Routes - earlier.Routes, Statuses: w.Statuses - earlier.Statuses}
}

func isWrite(labels string) bool {
	for _, verb := range []string{"POST", "PUT", "PATCH", "APPLY"} {
		if has(labels, "verb", verb) {
			return strings.Contains(labels, `code="2`)
		}
	}
	return false
}

func has(labels, name, value string) bool {
	return strings.Contains(","+labels, fmt.Sprintf(`,%s=%q`, name, value))
}
