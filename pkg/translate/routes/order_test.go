// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"slices"
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// TestInPlace: B-RDY-3, stored rules keep their places when tags are added and removed.
func TestInPlace(t *testing.T) {
	rule := func(name string, headers ...string) rules.Rule {
		made := rules.Rule{Field: name, Path: "/"}
		for i := 0; i < len(headers); i += 2 {
			made.Headers = append(made.Headers, rules.Header{Name: headers[i], Value: headers[i+1]})
		}
		return made
	}
	main, one, two, three := rule("main"), rule("one", "Tag", "1"), rule("two", "Tag", "2"), rule("three", "Tag", "3")
	other := rule("other", "Other", "x")
	tests := []struct {
		name  string
		live  []rules.Rule // nil: a new route
		rules []rules.Rule
		want  []rules.Rule
	}{
		{"a new route begins with what most requests meet", nil, []rules.Rule{one, two, main}, []rules.Rule{main, one, two}},
		{"a new tag stands last", []rules.Rule{main, two, three}, []rules.Rule{one, two, three, main}, []rules.Rule{main, two, three, one}},
		{"a tag goes, the others stand in their order", []rules.Rule{main, three, one, two}, []rules.Rule{one, two, main}, []rules.Rule{main, one, two}},
		{"an order that another client wrote stays", []rules.Rule{one, main}, []rules.Rule{one, two, main}, []rules.Rule{one, main, two}},
		{"unless a request would meet the wrong rule", []rules.Rule{main, other}, []rules.Rule{one, other, main}, []rules.Rule{main, one, other}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var live *gatewayv1.HTTPRoute
			if test.live != nil {
				live = &gatewayv1.HTTPRoute{}
				for _, r := range test.live {
					live.Spec.Rules = append(live.Spec.Rules, gatewayv1.HTTPRouteRule{Matches: []gatewayv1.HTTPRouteMatch{match(r)}})
				}
			}
			names := func(rules []rules.Rule) (found []string) {
				for _, r := range rules {
					found = append(found, r.Field)
				}
				return found
			}
			if got := inPlace(test.rules, live); !slices.Equal(names(got), names(test.want)) {
				t.Errorf("%v, want %v", names(got), names(test.want))
			}
		})
	}
}
