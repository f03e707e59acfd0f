// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// called gives the first rule a name.
func called(name gatewayv1.SectionName) edit {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.Rules[0].Name = &name }
}

// TestRuleNamesAreNoChange: B-TRN-10, B-RDY-4, an HTTPRoute is not written for the sake of names of rules, and has
// them when it is written.
func TestRuleNamesAreNoChange(t *testing.T) {
	for name, stored := range map[string]*gatewayv1.HTTPRoute{"none": route("a"), "others": route("a", called("theirs"))} {
		if changes := apply.Plan(owner, []*gatewayv1.HTTPRoute{stored}, []*gatewayv1.HTTPRoute{route("a", called("default"))}); !changes.Empty() {
			t.Errorf("%s stored: %v is planned", name, names(changes))
		}
		if changes := apply.Plan(owner, []*gatewayv1.HTTPRoute{stored}, []*gatewayv1.HTTPRoute{route("a")}); !changes.Empty() {
			t.Errorf("%s stored, none wanted: %v is planned", name, names(changes))
		}
		if !apply.DigestOf(route("a", called("default")), route("a", called("default"))).Matches(stored) {
			t.Errorf("%s stored: the HTTPRoute counts as changed by another client", name)
		}
	}
	changed := func(r *gatewayv1.HTTPRoute) { r.Spec.Rules = append(r.Spec.Rules, gatewayv1.HTTPRouteRule{}) }
	changes := apply.Plan(owner, []*gatewayv1.HTTPRoute{route("a")}, []*gatewayv1.HTTPRoute{route("a", called("default"), changed)})
	if len(changes.Update) != 1 || *changes.Update[0].Desired.Spec.Rules[0].Name != "default" {
		t.Errorf("Planned %v", names(changes))
	}
}

// TestWithoutRuleNames: B-TRN-10, for an API server that does not know the field it is not written, and what is wanted
// stays as it is.
func TestWithoutRuleNames(t *testing.T) {
	wanted := []*gatewayv1.HTTPRoute{route("created", called("default")), route("updated", called("default"), func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames = nil })}
	changes := apply.WithoutRuleNames(apply.Plan(owner, []*gatewayv1.HTTPRoute{route("updated"), route("deleted")}, wanted))
	if got := names(changes); len(got) != 3 {
		t.Fatalf("Planned %v", got)
	}
	if changes.Create[0].Spec.Rules[0].Name != nil || changes.Update[0].Desired.Spec.Rules[0].Name != nil {
		t.Error("A name is written")
	}
	for _, route := range wanted {
		if route.Spec.Rules[0].Name == nil {
			t.Errorf("HTTPRoute %s was changed", route.Name)
		}
	}
}
