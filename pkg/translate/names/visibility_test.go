// SPDX-License-Identifier: Apache-2.0

package names_test

import (
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// TestVisibilityOf: B-INS-10, a stored route has its visibility in the label, whether this controller or
// the single-gateway plugin wrote it; one that an earlier release wrote has it in its annotation.
func TestVisibilityOf(t *testing.T) {
	hash := strings.Repeat("0", 64)
	tests := []struct {
		name   string
		labels map[string]string
		state  *rollout.State
		want   v1alpha1.IngressVisibility
	}{
		{name: "external", labels: map[string]string{"networking.knative.dev/visibility": ""}, want: v1alpha1.IngressVisibilityExternalIP},
		{name: "cluster-local", labels: map[string]string{"networking.knative.dev/visibility": "cluster-local"}, want: v1alpha1.IngressVisibilityClusterLocal},
		{name: "unknown", labels: map[string]string{"networking.knative.dev/visibility": "secret"}},
		{name: "without"},
		{name: "external, before", state: &rollout.State{Hash: hash}, want: v1alpha1.IngressVisibilityExternalIP},
		{name: "cluster-local, before", state: &rollout.State{Hash: hash, Private: true}, want: v1alpha1.IngressVisibilityClusterLocal},
		{name: "the label decides", labels: map[string]string{"networking.knative.dev/visibility": ""}, state: &rollout.State{Hash: hash, Private: true}, want: v1alpha1.IngressVisibilityExternalIP},
	}
	for _, test := range tests {
		route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Labels: test.labels}}
		if test.state != nil {
			route.Annotations = map[string]string{rollout.Annotation: test.state.Encode()}
		}
		got, known := names.VisibilityOf(route)
		if got != test.want || known != (test.want != "") {
			t.Errorf("%s: VisibilityOf() = %q, %t, want %q", test.name, got, known, test.want)
		}
	}
}
