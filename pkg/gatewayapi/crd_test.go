// SPDX-License-Identifier: Apache-2.0

package gatewayapi_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
)

// TestNamesRules: B-TRN-10, names of rules are in the standard channel since v1.4.0.
func TestNamesRules(t *testing.T) {
	for release, want := range map[string]bool{
		"": false, "nonsense": false, "v1.2.0": false, "v1.3.0": false, "v1.4.0": true, "v1.6.1": true, "v2.0.0": true, "v0.0.0-dev": true,
	} {
		crd := &metav1.ObjectMeta{Annotations: map[string]string{gatewayapi.BundleVersion: release}}
		if got := gatewayapi.NamesRules(crd); got != want {
			t.Errorf("Release %q: %t", release, got)
		}
	}
	if gatewayapi.NamesRules(&metav1.ObjectMeta{}) {
		t.Error("Without an annotation it is not certain")
	}
}
