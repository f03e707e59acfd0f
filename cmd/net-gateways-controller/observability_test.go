// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"knative.dev/pkg/observability/resource"
	"knative.dev/pkg/system"
)

// TestObservability: knative.dev/pkg and the OpenTelemetry that go.mod chooses fit. If they describe resources by different versions of the
// semantic conventions, this panics, and so does each program when it starts.
func TestObservability(t *testing.T) {
	t.Setenv(system.NamespaceEnvKey, "knative-serving")
	if found := resource.Default("net-gateways-controller"); found.Len() == 0 {
		t.Error("no resource")
	}
}
