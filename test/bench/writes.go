// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// noWrites are the verbs that are not counted: they read, or come with the end of a
// namespace.
var noWrites = []string{"GET", "LIST", "WATCH", "DELETE", "DELETECOLLECTION"}

// apiWrites are the writes that the API server has counted, without refused ones.
type apiWrites struct{ routes, status int }

func (w apiWrites) minus(before apiWrites) apiWrites {
	return apiWrites{w.routes - before.routes, w.status - before.status}
}

// writes reads the API server's own counters. Other clients' writes of the same
// resources count too: run it on a quiet cluster.
func writes(ctx context.Context, c clients) (apiWrites, error) {
	text, err := c.Kube.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return apiWrites{}, err
	}
	counted := apiWrites{}
	for _, line := range strings.Split(string(text), "\n") {
		labels, isCount := strings.CutPrefix(line, "apiserver_request_total{")
		if !isCount || !strings.Contains(labels, `code="2`) || slices.ContainsFunc(noWrites, func(verb string) bool { return strings.Contains(labels, `verb="`+verb+`"`) }) {
			continue
		}
		var value float64
		if _, err := fmt.Sscanf(labels[strings.LastIndex(labels, " ")+1:], "%g", &value); err != nil {
			return apiWrites{}, fmt.Errorf("counter %q: %w", line, err)
		}
		switch {
		case strings.Contains(labels, `resource="httproutes"`) && strings.Contains(labels, `subresource=""`):
			counted.routes += int(value)
		case strings.Contains(labels, `resource="ingresses"`) && strings.Contains(labels, `subresource="status"`) && strings.Contains(labels, "networking.internal.knative.dev"):
			counted.status += int(value)
		}
	}
	return counted, nil
}
