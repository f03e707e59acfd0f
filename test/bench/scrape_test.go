// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"testing"
)

// TestByGateway: B-OPS-6, series are counted by Gateway, those of others and of programs not at all.
func TestByGateway(t *testing.T) {
	found := scrape{text: `# HELP net_gateways_ingresses KIngresses
net_gateways_ingresses{gateway_name="blue",gateway_namespace="gateways",otel_scope_name="x",reason="",state="ready",visibility="external"} 3
net_gateways_ingresses{gateway_name="",gateway_namespace="",otel_scope_name="x",reason="",state="failed",visibility="external"} 1
net_gateways_gateway_status{condition="exists",gateway_class="eg",gateway_name="blue",gateway_namespace="gateways",visibility="external"} 1
net_gateways_leader{controller="ingresses"} 1
other{gateway_name="blue",gateway_namespace="gateways"} 1
`}
	for prefix, want := range map[string]map[string]int{"net_gateways_": {"gateways/blue": 2}, "net_gateways_ingresses{": {"gateways/blue": 1}, "absent": {}} {
		if counts := found.byGateway(prefix); !maps.Equal(counts, want) {
			t.Errorf("%s: %v, want %v", prefix, counts, want)
		}
	}
	if found.series() != 5 {
		t.Errorf("%d series", found.series())
	}
}
