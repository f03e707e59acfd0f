// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

func missing(port status.MissingPort, edits ...edit) edit {
	return func(s *status.Side) {
		s.MissingPort = &port
		for _, edit := range edits {
			edit(s)
		}
	}
}

// TestCallersArrive: B-RDY-9, B-RDY-6, if callers in the cluster do not reach a listener, the condition
// says what to change, and is False if only a change helps.
func TestCallersArrive(t *testing.T) {
	front := types.NamespacedName{Namespace: "system", Name: "inner"}
	named := func(s *status.Side) { s.Entry.Service = front }
	published := func(s *status.Side) { s.Published = true }
	const begin = "GatewayUnsuitable: callers in the cluster come to port "
	tests := []struct {
		name string
		edit edit
		want string
	}{
		{"no listener has the port", missing(status.MissingPort{Port: 80, Service: front}),
			"False " + begin + "80 of Service system/inner, where nothing listens: add a listener with this port to spec.listeners of Gateway gateways/inner"},
		{"no HTTPS listener has the port", missing(status.MissingPort{Port: 443, Service: front}),
			"False " + begin + "443 of Service system/inner, where nothing listens: give the HTTPS listeners in spec.listeners of Gateway gateways/inner this port"},
		{"the Service follows", missing(status.MissingPort{Port: 443, Service: front, Listened: true}),
			"Unknown " + begin + "443 of Service system/inner, where nothing listens: a listener of Gateway gateways/inner has this port, and its implementation has not given it to the Service yet"},
		{"the operator's Service", missing(status.MissingPort{Port: 80, Service: front}, named),
			"False " + begin + "80 of Service system/inner, where nothing listens: give it this port, with the targetPort of the listener, or change `service` of local-gateways[0] (gateways/inner) in ConfigMap config-gateway"},
		{"an address", missing(status.MissingPort{Port: 80, Address: "192.0.2.1"}),
			"Unknown " + begin + "80 of address 192.0.2.1, where nothing listens: add a listener with this port to spec.listeners of Gateway gateways/inner"},
		{"of one that is Ready already", missing(status.MissingPort{Port: 80, Service: front}, published),
			"True " + begin + "80 of Service system/inner, where nothing listens: add a listener with this port to spec.listeners of Gateway gateways/inner"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := conditionsOf(status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local, test.edit))).Status)
			if diff := cmp.Diff(test.want, got["LoadBalancerReady"]); diff != "" {
				t.Error(diff)
			}
		})
	}
}
