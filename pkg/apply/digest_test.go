// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// TestDigestMatches: B-TRN-6, what others change of ours is seen, and what they add besides is not.
func TestDigestMatches(t *testing.T) {
	digest := apply.DigestOf(route("a"), route("a"))
	for name, test := range map[string]struct {
		change  func(*gatewayv1.HTTPRoute)
		matches bool
	}{
		"nothing":          {func(*gatewayv1.HTTPRoute) {}, true},
		"their label":      {func(r *gatewayv1.HTTPRoute) { r.Labels["theirs"] = "x" }, true},
		"their annotation": {func(r *gatewayv1.HTTPRoute) { r.Annotations["theirs"] = "x" }, true},
		"our label":        {func(r *gatewayv1.HTTPRoute) { r.Labels["ours"] = "x" }, false},
		"our annotation":   {func(r *gatewayv1.HTTPRoute) { delete(r.Annotations, "ours") }, false},
		"the hosts":        {func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames = nil }, false},
		"the rules":        {func(r *gatewayv1.HTTPRoute) { r.Spec.Rules = append(r.Spec.Rules, gatewayv1.HTTPRouteRule{}) }, false},
		"the status":       {func(r *gatewayv1.HTTPRoute) { r.Status.Parents = []gatewayv1.RouteParentStatus{{}} }, true},
	} {
		if matches := digest.Matches(route("a", test.change)); matches != test.matches {
			t.Errorf("%s: matches %t", name, matches)
		}
	}
}

// TestConflictingManagers: B-TRN-6, the managers that own, by managedFields, a field that is not as wanted, and no others.
func TestConflictingManagers(t *testing.T) {
	client := apiServer(t, route("a"))
	as := func(manager string, change func(*gatewayv1.HTTPRoute)) {
		t.Helper()
		live := get(t, client, "a")
		change(live)
		if _, err := client.GatewayV1().HTTPRoutes("default").Update(t.Context(), live, metav1.UpdateOptions{FieldManager: manager}); err != nil {
			t.Fatal(err)
		}
	}
	as("external-dns", func(r *gatewayv1.HTTPRoute) { r.Annotations["theirs"] = "x" })
	if others := apply.ConflictingManagers(get(t, client, "a"), route("a")); len(others) > 0 {
		t.Errorf("Nothing is wrong, and it is %v", others)
	}
	as("kubectl-edit", func(r *gatewayv1.HTTPRoute) { r.Labels["ours"] = "x" })
	as("flux", func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames = []gatewayv1.Hostname{"x.example.com"} })
	want := []string{"flux (Update of spec.hostnames)", "kubectl-edit (Update of metadata.labels[ours])"}
	if diff := gocmp.Diff(want, apply.ConflictingManagers(get(t, client, "a"), route("a"))); diff != "" {
		t.Error(diff)
	}
}
