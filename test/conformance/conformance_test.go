// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package conformance

import (
	"testing"

	"knative.dev/networking/test/conformance/ingress"
)

func TestConformance(t *testing.T) {
	ingress.RunConformance(t)
}
