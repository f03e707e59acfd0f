// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

func matching(matches ...gatewayv1.HTTPRouteMatch) gatewayv1.HTTPRouteRule {
	return gatewayv1.HTTPRouteRule{Matches: matches}
}

// at matches a prefix and the tags of a header.
func at(prefix string, tags ...string) gatewayv1.HTTPRouteMatch {
	rule := rules.Rule{Path: prefix}
	for _, tag := range tags {
		rule.Headers = append(rule.Headers, rules.Header{Name: "knative-serving-Tag", Value: tag})
	}
	return match(rule)
}

func namesOfRules(all []gatewayv1.HTTPRouteRule) []string {
	found := []string{}
	for _, rule := range all {
		found = append(found, string(*rule.Name))
	}
	return found
}

// TestRuleNames: B-TRN-10, a name says what a rule matches, by tag and path; what a name cannot say, a digest at
// its end does.
func TestRuleNames(t *testing.T) {
	exact, query, method, header, other := at("/api"), at("/api"), at("/"), at("/", "blue"), at("/")
	exact.Path.Type = new(gatewayv1.PathMatchExact)
	query.QueryParams = []gatewayv1.HTTPQueryParamMatch{{Name: "a", Value: "b"}}
	method.Method = new(gatewayv1.HTTPMethodPost)
	header.Headers = append(header.Headers, gatewayv1.HTTPHeaderMatch{Name: "X", Value: "y"})
	other.Headers = []gatewayv1.HTTPHeaderMatch{{Name: "X", Value: "y"}}
	for _, test := range []struct {
		rule gatewayv1.HTTPRouteRule
		want string // # is a digest
	}{
		{matching(at("/")), "rest"},
		{gatewayv1.HTTPRouteRule{}, "rest"},
		{matching(gatewayv1.HTTPRouteMatch{}), "rest"},
		{matching(at("/", "blue")), "tag-blue"},
		{matching(at("/api/v1")), "path-api.v1"},
		{matching(at("/api/v1/")), "path-api.v1"},
		{matching(at("/api-v1")), "path-api-v1"},
		{matching(at("/api--v1")), "path-api--v1"},
		{matching(at("/api", "blue")), "tag-blue.path-api"},
		{matching(at("/API")), "path-api-#"},
		{matching(at("/index.html")), "path-index-html-#"},
		{matching(at("/-a-")), "path-a-#"},
		{matching(at("/~")), "path-other-#"},
		{matching(at("/", "Blue_1")), "tag-blue-1-#"},
		{matching(at("/" + strings.Repeat("a", 64))), "path-" + strings.Repeat("a", 63) + "-#"},
		{matching(at("/" + strings.Repeat("a", 62) + "/b")), "path-" + strings.Repeat("a", 62) + "-#"},
		{matching(at("/.well-known/acme-challenge/Token_1")), "acme-challenge-#"},
		{matching(at("/docs"), at("/help")), "path-docs-#"},
		{matching(exact), "path-api-#"},
		{matching(query), "path-api-#"},
		{matching(method), "match-#"},
		{matching(header), "tag-blue-#"},
		{matching(other), "match-#"},
	} {
		all := []gatewayv1.HTTPRouteRule{test.rule}
		nameRules(all, "rest")
		got := regexp.MustCompile(`-[0-9a-f]{8}$`).ReplaceAllString(namesOfRules(all)[0], "-#")
		if got != test.want {
			t.Errorf("%v is called %q, want %q", test.rule.Matches, got, test.want)
		}
	}
}

// TestRuleNamesDiffer: B-TRN-10, rules of one HTTPRoute have different names, and do not depend on their order; those
// for probes keep theirs, whatever a user calls a rule.
func TestRuleNamesDiffer(t *testing.T) {
	probes := matching(match(rules.Rule{Path: "/", Headers: []rules.Header{{Name: "K-Network-Hash", Value: "override"}}}))
	probes.Filters = setHeaders([]rules.Header{{Name: "K-Network-Hash", Value: "1"}})
	called := matching(at("/a"))
	called.Name = new(gatewayv1.SectionName("probe"))
	long := matching(at("/b"))
	long.Name = new(gatewayv1.SectionName(strings.Repeat("n", 253)))
	longer := matching(at("/c"))
	longer.Name = long.Name
	first := matching(at("/d"))
	first.Name = new(gatewayv1.SectionName("path-x.y")) // the name that /x/y would have
	all := []gatewayv1.HTTPRouteRule{
		called, long, longer, matching(at("/index.html")), matching(at("/index-html")), matching(at("/INDEX.html")), matching(at("/x/y")), matching(at("/x.y")), first, probes,
	}
	forward, backward := slices.Clone(all), slices.Clone(all)
	slices.Reverse(backward)
	nameRules(forward, "default")
	nameRules(backward, "default")
	if name := *forward[len(forward)-1].Name; name != "probe" || *all[0].Name != "probe" || all[3].Name != nil {
		t.Errorf("The rule for probes is called %q, the given rules %q, %v", name, *all[0].Name, all[3].Name)
	}
	if name := *forward[len(forward)-2].Name; name != "path-x.y" {
		t.Errorf("A user's name became %q", name)
	}
	valid := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	for _, named := range [][]gatewayv1.HTTPRouteRule{forward, backward} {
		found := namesOfRules(named)
		for _, name := range found {
			if !valid.MatchString(name) || len(name) > 253 {
				t.Errorf("%q is no name", name)
			}
		}
		if slices.Sort(found); len(slices.Compact(found)) != len(all) {
			t.Errorf("Not all different: %q", found)
		}
	}
	for i := 3; i < len(all); i++ {
		if one, other := *forward[i].Name, *backward[len(all)-1-i].Name; one != other {
			t.Errorf("%v is called %q and in another order %q", all[i].Matches, one, other)
		}
	}
}
