// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/config"
)

func TestManagedGatewayName(t *testing.T) {
	long := strings.Repeat("long-", 30) + "class"
	for class, want := range map[string]string{
		"eg":          "knative-external-eg",
		"example.com": "knative-external-example-com-b6fa4eb9",
		"example-com": "knative-external-example-com",
		long:          "knative-external-7621741b63c1f70a5aee647db0e4115clong-long-long",
	} {
		got := config.ManagedGatewayName(external, class)
		if got != want {
			t.Errorf("%s: %s, want %s", class, got, want)
		}
		if len(got) > 63 || got == config.ManagedGatewayName(local, class) {
			t.Errorf("%s: %d characters; local is %s", got, len(got), config.ManagedGatewayName(local, class))
		}
	}
}
