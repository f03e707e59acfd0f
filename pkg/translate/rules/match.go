// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Match identifies what a rule matches. A gateway takes two rules of one host with the same match for
// one: it ignores the last slash of a path and the case of a header's name.
func (r Rule) Match() string {
	if r.Attached != nil {
		return MatchKey(r.Attached.Matches[0])
	}
	path := strings.TrimSuffix(r.Path, "/")
	if len(r.Headers) == 0 {
		return path
	}
	parts := make([]string, 0, len(r.Headers)+1)
	for _, h := range r.Headers {
		parts = append(parts, strings.ToLower(h.Name)+"\x00"+h.Value)
	}
	slices.Sort(parts)
	return strings.Join(append(parts, path), "\x00")
}

// MatchKey identifies a match as Rule.Match does. A gateway takes two of one host with the same key for one.
func MatchKey(match gatewayv1.HTTPRouteMatch) string {
	rule, further := Rule{}, []string{}
	exact := match.Path != nil && match.Path.Type != nil && *match.Path.Type != gatewayv1.PathMatchPathPrefix
	if match.Path != nil && match.Path.Value != nil {
		rule.Path = *match.Path.Value
	}
	if exact {
		further = append(further, "path "+string(*match.Path.Type)+" "+rule.Path)
	}
	for _, h := range match.Headers {
		rule.Headers = append(rule.Headers, Header{Name: string(h.Name), Value: h.Value})
		if h.Type != nil && *h.Type != gatewayv1.HeaderMatchExact {
			further = append(further, "header "+strings.ToLower(string(h.Name))+" "+string(*h.Type))
		}
	}
	for _, q := range match.QueryParams {
		kind := gatewayv1.QueryParamMatchExact
		if q.Type != nil {
			kind = *q.Type
		}
		further = append(further, "query "+string(q.Name)+" "+string(kind)+" "+q.Value)
	}
	if match.Method != nil {
		further = append(further, "method "+string(*match.Method))
	}
	key := rule.Match()
	if len(further) == 0 {
		return key
	}
	slices.Sort(further)
	return key + "\x00\x00" + strings.Join(further, "\x00")
}

// ruleList has rules with different matches: of two with the same, the first stays.
type ruleList struct {
	rules   []Rule
	matches sets.Set[string]
}

func (l *ruleList) add(rule Rule) {
	if l.matches == nil {
		l.matches = sets.New[string]()
	}
	if match := rule.Match(); !l.matches.Has(match) {
		l.matches.Insert(match)
		l.rules = append(l.rules, rule)
	}
}

// BySpecificity orders rules as a gateway tries them.
func BySpecificity(a, b Rule) int {
	return cmp.Or(cmp.Compare(len(b.Path), len(a.Path)), cmp.Compare(len(b.Headers), len(a.Headers)))
}
