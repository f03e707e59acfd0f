// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// checkRuleNames demands that each rule of an HTTPRoute has a name of its own (SPEC B-TRN-10). That an API server
// admits them is for admitUnchanged.
func checkRuleNames(t *testing.T, route *gatewayv1.HTTPRoute) {
	t.Helper()
	known := sets.New[gatewayv1.SectionName]()
	for i, rule := range route.Spec.Rules {
		if rule.Name == nil || known.Has(*rule.Name) {
			t.Errorf("HTTPRoute %s: spec.rules[%d] has no name of its own: %v", route.Name, i, rule.Name)
			continue
		}
		known.Insert(*rule.Name)
	}
}
