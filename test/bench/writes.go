// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
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
	counted := apiWrites{}
	err := eachWrite(ctx, c, func(labels string, value int) {
		switch {
		case strings.Contains(labels, `resource="httproutes"`) && strings.Contains(labels, `subresource=""`):
			counted.routes += value
		case strings.Contains(labels, `resource="ingresses"`) && strings.Contains(labels, `subresource="status"`) && strings.Contains(labels, "networking.internal.knative.dev"):
			counted.status += value
		}
	})
	return counted, err
}

// eachWrite tells the counters of writes, each with its labels.
func eachWrite(ctx context.Context, c clients, tell func(labels string, value int)) error {
	text, err := c.Kube.Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(ctx)
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(text), "\n") {
		labels, isCount := strings.CutPrefix(line, "apiserver_request_total{")
		if !isCount || !strings.Contains(labels, `code="2`) || slices.ContainsFunc(noWrites, func(verb string) bool { return strings.Contains(labels, `verb="`+verb+`"`) }) {
			continue
		}
		var value float64
		if _, err := fmt.Sscanf(labels[strings.LastIndex(labels, " ")+1:], "%g", &value); err != nil {
			return fmt.Errorf("counter %q: %w", line, err)
		}
		tell(labels, int(value))
	}
	return nil
}

// atRest waits until no client writes to the Gateway API for a while: a gateway goes on writing
// statuses long after it has programmed its data plane.
func atRest(ctx context.Context, c clients) error {
	const look, rests = time.Second, 5
	last, rested := -1, 0
	for rested < rests {
		written := 0
		if err := eachWrite(ctx, c, func(labels string, value int) {
			if strings.Contains(labels, `group="gateway.networking.k8s.io"`) {
				written += value
			}
		}); err != nil {
			return err
		}
		if rested++; written != last {
			last, rested = written, 0
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the cluster does not come to rest: %w", ctx.Err())
		case <-time.After(look):
		}
	}
	return nil
}
