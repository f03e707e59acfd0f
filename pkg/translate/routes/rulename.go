// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"knative.dev/networking/pkg/http/header"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// The names of rules (SPEC B-TRN-10). `kubectl describe`, policies with a sectionName, and the metadata and
// access logs of proxies tell rules apart by them.
//
// What a rule matches decides its name, so that the name stays while backends, weights and other rules
// change. It counts in no hash, and pkg/apply writes no HTTPRoute for its sake.
const (
	defaultName   = "default"
	probeName     = "probe"
	challengeName = "acme-challenge"
	matchName     = "match"
	tagName       = "tag-"
	pathName      = "path-"
)

// nameRules names the rules of an HTTPRoute that have no name. rest is the name of the rule for all requests
// that match no other rule. Rules for probes have their names first, whatever a user calls a rule.
func nameRules(all []gatewayv1.HTTPRouteRule, rest string) {
	taken := map[gatewayv1.SectionName]bool{}
	for _, turn := range []func(gatewayv1.HTTPRouteRule) bool{isProbed, isCalled, isUnnamed} {
		for i := range all {
			if !turn(all[i]) {
				continue
			}
			name := nameOf(all[i], rest)
			for taken[name] {
				name = gatewayv1.SectionName(names.Shorten(string(name), "-"+digestOf(all[i])))
			}
			taken[name], all[i].Name = true, &name
		}
	}
}

// isCalled recognises the rules that a user has named. Those take their names before others could.
func isCalled(rule gatewayv1.HTTPRouteRule) bool { return rule.Name != nil && !isProbed(rule) }

func isUnnamed(rule gatewayv1.HTTPRouteRule) bool { return rule.Name == nil }

// restName is the name of the rule for all requests to some hosts. Those of a tag have a rule of the tag.
func (r Renderer) restName(hosts []string) string {
	for _, host := range hosts {
		if tag := r.tags[host]; tag != "" {
			return tagName + slug(tag)
		}
	}
	return defaultName
}

func nameOf(rule gatewayv1.HTTPRouteRule, rest string) gatewayv1.SectionName {
	switch {
	case rule.Name != nil:
		return *rule.Name
	case len(rule.Matches) == 0:
		return gatewayv1.SectionName(rest)
	case isWarmingRule(rule), isRetainedRule(rule):
		at := *rule.Matches[0].Path.Value // it ends in new/HASH or old/HASH
		return gatewayv1.SectionName(probeName + "-" + path.Base(path.Dir(at)) + "-" + path.Base(at))
	case isProbed(rule):
		return probeName
	}
	name, whole := nameOfMatch(rule.Matches[0], rest)
	if !whole || len(rule.Matches) > 1 {
		name += "-" + digestOf(rule)
	}
	return gatewayv1.SectionName(name)
}

// nameOfMatch names a match by tag and path, and tells whether this is all that it wants.
func nameOfMatch(match gatewayv1.HTTPRouteMatch, rest string) (name string, whole bool) {
	parts := []string{}
	whole = len(match.QueryParams) == 0 && match.Method == nil
	for _, h := range match.Headers {
		tagged := strings.EqualFold(string(h.Name), header.RouteTagKey)
		whole = whole && tagged && fits(h.Value)
		if tagged {
			parts = append(parts, tagName+slug(h.Value))
		}
	}
	if match.Path != nil && match.Path.Value != nil {
		at := strings.Trim(*match.Path.Value, "/")
		whole = whole && (match.Path.Type == nil || *match.Path.Type == gatewayv1.PathMatchPathPrefix) && (at == "" || fits(at))
		switch {
		case rules.Rule{Path: *match.Path.Value}.Challenge():
			return challengeName, false
		case at != "":
			parts = append(parts, pathName+slug(at))
		}
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "."), whole
	case whole:
		return rest, true
	}
	return matchName, false
}

const maxSlug = 63

var (
	fitting = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(/[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	unfit   = regexp.MustCompile(`[^-a-z0-9]+`)
)

// fits tells that a name can have a text in full, with dots in place of slashes.
func fits(text string) bool { return len(text) <= maxSlug && fitting.MatchString(text) }

// slug is what a name can have of a text.
func slug(text string) string {
	parts := []string{}
	for part := range strings.SplitSeq(strings.ToLower(text), "/") {
		if part = strings.Trim(unfit.ReplaceAllString(part, "-"), "-"); part != "" {
			parts = append(parts, part)
		}
	}
	short := strings.Join(parts, ".")
	short = strings.TrimRight(short[:min(len(short), maxSlug)], ".-")
	if short == "" {
		return "other"
	}
	return short
}

// digestOf tells apart rules whose names would be the same.
func digestOf(rule gatewayv1.HTTPRouteRule) string {
	keys := make([]string, 0, len(rule.Matches))
	for _, match := range rule.Matches {
		keys = append(keys, rules.MatchKey(match))
	}
	slices.Sort(keys)
	return rollout.Hash(keys...)[:8]
}
