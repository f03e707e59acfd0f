// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"fmt"
	"slices"
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// maxTargetPairs is how many pairs of a rule and a rule of its rewrite target the hosts of a set may
// have. A KIngress with a thousand rules that all rewrite to one with as many has a million.
const maxTargetPairs = 10_000

// resolveRewrites replaces every rule whose rewriteHost another KIngress serves by the rules of that
// KIngress, with its backends and headers, and with the rewrite. A request then takes one hop instead of
// two, and needs no ExternalName backend.
//
// With two hops, a request would meet the most specific rule of the first KIngress first, whatever the
// target of another rule serves. So a rule of a target never takes requests of a more specific rule.
func resolveRewrites(rules []Rule, in input.Input, report *conditions.Report) []Rule {
	if !slices.ContainsFunc(rules, func(rule Rule) bool { return in.RewriteTargets[rule.RewriteHost] != nil }) {
		return rules
	}
	rules = slices.SortedStableFunc(slices.Values(rules), BySpecificity)
	r := rewriter{rules: rules, cover: coverageOf(rules), targets: map[*v1alpha1.Ingress][]hostRules{}, behind: map[string][]Rule{}, left: maxTargetPairs, report: report}
	for i, rule := range rules {
		target := in.RewriteTargets[rule.RewriteHost]
		if target == nil || rule.RewriteHost == "" || len(rule.Backends) == 0 { // which sends nothing on its way
			r.resolved.add(rule)
			continue
		}
		r.follow(i, target)
		if r.cover.has(rule, func(at int) bool { return at > i }) {
			// Requests that no rule of the target matches must not go to the backends of another rule.
			r.resolved.add(rule.refused())
		}
	}
	return r.resolved.rules
}

// rewriter follows the rules of a set, the most specific first, to the rules of their targets.
type rewriter struct {
	rules []Rule
	cover coverage
	// targets are the rules of the target KIngresses, the cluster-local ones first.
	targets map[*v1alpha1.Ingress][]hostRules
	// behind are the rules of the target, by rewriteHost.
	behind   map[string][]Rule
	resolved ruleList
	left     int // of maxTargetPairs
	report   *conditions.Report
}

// follow adds the rules that a request can meet at the target of the rule at an index.
func (r *rewriter) follow(i int, target *v1alpha1.Ingress) {
	rule, field := r.rules[i], r.rules[i].Field+".rewriteHost"
	behind, known := r.behind[rule.RewriteHost]
	if !known {
		behind = r.rulesOf(target, rule.RewriteHost)
		r.behind[rule.RewriteHost] = behind
	}
	if len(behind) > r.left {
		r.report.Refuse(*conditions.Unsupported(field, "combined with the rules of KIngress %s and others, which serve the hosts that are rewritten to, the rules are more than %d: use fewer", target.Name, maxTargetPairs))
		r.resolved.add(rule.refused())
		return
	}
	r.left -= len(behind)
	reached := false
	for _, inner := range behind {
		combined, possible := combine(rule, inner)
		reached = reached || possible
		switch {
		case !possible || r.cover.has(combined, func(at int) bool { return at < i }):
		case len(combined.Headers) > MaxHeaders:
			r.report.Refuse(*conditions.Unsupported(rule.Field+".headers", "%d headers to match together with those of %s, an HTTPRoute rule holds %d at most",
				len(combined.Headers), rule.RewriteHost, MaxHeaders))
		default:
			r.resolved.add(combined)
		}
		if possible && combined.Refused {
			r.report.AddGap(conditions.Gap{Field: field, Detail: fmt.Sprintf(
				"KIngress %s has a rule for host %s that cannot be served; it is answered 500", target.Name, rule.RewriteHost)})
		}
	}
	if !reached {
		r.report.AddGap(conditions.Gap{Field: field, Detail: fmt.Sprintf(
			"KIngress %s serves nothing under host %s that the rule leads to", target.Name, rule.RewriteHost)})
	}
}

// rulesOf are the rules that a KIngress serves for a host. The cluster-local ones come first: a request
// from inside the cluster would meet these.
func (r *rewriter) rulesOf(ing *v1alpha1.Ingress, host string) []Rule {
	if r.targets[ing] == nil {
		r.targets[ing] = readTarget(ing)
	}
	return rulesAt(r.targets[ing], host)
}

func readTarget(ing *v1alpha1.Ingress) (read []hostRules) {
	ignored := &conditions.Report{} // the target reports its own gaps
	for _, visibility := range []v1alpha1.IngressVisibility{v1alpha1.IngressVisibilityClusterLocal, v1alpha1.IngressVisibilityExternalIP} {
		read = append(read, readRules(ing, visibility, ignored))
	}
	return read
}

func rulesAt(visibilities []hostRules, host string) []Rule {
	for _, read := range visibilities {
		if rules := read.merged(read.of[host]); len(rules) > 0 {
			return rules
		}
	}
	return nil
}

// Of are the rules that a KIngress serves for a host, the cluster-local ones if there are any.
func Of(ing *v1alpha1.Ingress, host string) []Rule { return rulesAt(readTarget(ing), host) }

// combine is the rule for requests that match the outer rule and then the inner one. It is not possible
// if no request matches both. An outer rule without backends only adds its match.
func combine(outer, inner Rule) (Rule, bool) {
	combined := Rule{Field: outer.Field, RewriteHost: outer.RewriteHost, Refused: inner.Refused}
	switch {
	case isBelow(inner.Path, outer.Path):
		combined.Path = inner.Path
	case isBelow(outer.Path, inner.Path):
		combined.Path = outer.Path
	default:
		return Rule{}, false
	}
	if inner.RewriteHost != "" {
		combined.RewriteHost = inner.RewriteHost
	}
	matched, possible := mergeMatches(outer.Headers, inner.Headers)
	if !possible {
		return Rule{}, false
	}
	combined.Headers = matched
	combined.Set, combined.Backends = combineSplits(outer, inner)
	return combined, true
}

// combineSplits are the headers and the backends of a request that passes both splits. On
// its way it gets the headers of the outer rule, of its backend in the outer split, of the
// inner rule and of its backend in the inner split; a later value for the same name wins.
//
// Serving relies on those of the outer split: its DomainMapping sets K-Original-Host there
// (serving v0.50, pkg/reconciler/domainmapping/resources/ingress.go), from which the
// queue-proxy restores the Host that the app sees (RewriteHostOut, called in
// pkg/queue/handler.go). The activator leaves one that is there as it is (RewriteHostIn,
// knative.dev/networking/pkg/http/header), so that it is the domain from zero, too (SPEC
// B-DMP-1).
func combineSplits(outer, inner Rule) ([]Header, []Backend) {
	rule := MergeHeaders(outer.Set, inner.Set)
	splits := outer.Backends
	if len(splits) < 2 {
		for _, only := range splits { // all requests take it: the rule sets its headers
			rule = MergeHeaders(MergeHeaders(outer.Set, only.Set), inner.Set)
		}
		splits = []Backend{{Weight: 1}}
	}
	backends := []Backend{}
	for _, split := range splits {
		for _, backend := range inner.Backends {
			backend.Field = outer.Field + ".rewriteHost" // the backend's own field is in the target
			backend.Weight *= split.Weight
			if len(split.Set) > 0 {
				backend.Set = MergeHeaders(MergeHeaders(split.Set, inner.Set), backend.Set)
			}
			backends = append(backends, backend)
		}
	}
	return rule, backends
}

// mergeMatches requires both lists; it is impossible when they contradict.
func mergeMatches(a, b []Header) ([]Header, bool) {
	for _, one := range a {
		for _, other := range b {
			if strings.EqualFold(one.Name, other.Name) && one.Value != other.Value {
				return nil, false
			}
		}
	}
	return MergeHeaders(a, b), true
}

// Redirected are rules that redirect all but the challenges of certificate authorities: without them
// there is no certificate to redirect to (SPEC B-TLS-2). Challenges are asked for without
// a tag's header.
func Redirected(rules []Rule, port int32) []Rule {
	redirecting := ruleList{}
	for _, rule := range rules {
		challenge, possible := combine(Rule{Field: rule.Field, Path: acmePath}, rule)
		if possible && len(rule.Headers) == 0 {
			redirecting.add(challenge)
		}
	}
	return append(redirecting.rules, Rule{Field: "spec.httpOption", Path: "/", Redirect: port})
}
