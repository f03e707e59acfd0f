// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"fmt"
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Route is what a user's HTTPRoute becomes at a frontend.
type Route struct {
	Source *gatewayv1.HTTPRoute
	// Frontend is the parent, and Refs are the parentRefs that name it.
	Frontend Frontend
	Refs     []gatewayv1.ParentReference
	// Sets are the rules to render; none if nothing is. Policies make gateways use TLS to their backends.
	Sets     []rules.RuleSet
	Policies map[string]*gatewayv1.BackendTLSPolicy
	Outcome
}

// Read reads the routes of users that are attached to the frontend of a KIngress, the oldest first. own are
// the rule sets of the KIngress itself.
func Read(in input.Input, own []rules.RuleSet) []Route {
	frontend, is := FrontendOf(in.Ingress)
	if !is || len(in.Attached) == 0 {
		return nil
	}
	r := &reader{in: in, frontend: frontend, own: own, claims: newClaims(own), tags: rules.Tags(in.Ingress), backing: map[string][]rules.Rule{}}
	found := make([]Route, 0, len(in.Attached))
	for _, source := range in.Attached {
		found = append(found, r.read(source))
	}
	return found
}

func (r *reader) read(source *gatewayv1.HTTPRoute) Route {
	found := Route{Source: source, Frontend: r.frontend, Refs: RefsTo(source, r.frontend), Policies: map[string]*gatewayv1.BackendTLSPolicy{}}
	r.outcome, r.policies = &found.Outcome, found.Policies
	switch {
	case source.Namespace != r.in.Ingress.Namespace:
		found.Refused = &Problem{Reason: gatewayv1.RouteReasonRefNotPermitted, Field: "spec.parentRefs", Detail: fmt.Sprintf("%s is in namespace %s: an HTTPRoute can have parents of its own namespace only", r.name(), r.frontend.Namespace)}
		return found
	case !slices.ContainsFunc(found.Refs, whole):
		found.Refused = &Problem{Reason: gatewayv1.RouteReasonNoMatchingParent, Field: "spec.parentRefs", Detail: "a parentRef to a Knative object has neither sectionName nor port"}
		return found
	}
	hosts := 0
	for _, own := range r.own {
		gateway, selected := r.in.Gateways[own.Visibility]
		r.set, r.gateway = own.Of(narrowed(r.hostsOf(own), source.Spec.Hostnames), nil), gateway
		hosts += len(r.set.Hosts)
		if !selected || len(r.set.Hosts) == 0 {
			continue
		}
		if r.set.Rules = r.rules(source); len(r.set.Rules) > 0 {
			found.Sets = append(found.Sets, r.set)
		}
	}
	if hosts == 0 {
		found.Refused = &Problem{Reason: gatewayv1.RouteReasonNoMatchingListenerHostname, Field: "spec.hostnames", Detail: fmt.Sprintf("%s has none of spec.hostnames, or none that it serves: map the host with a DomainMapping", r.name())}
	}
	found.conclude()
	return found
}

func whole(ref gatewayv1.ParentReference) bool { return ref.SectionName == nil && ref.Port == nil }

// rules are the rules of a route for the hosts of the present set.
func (r *reader) rules(source *gatewayv1.HTTPRoute) []rules.Rule {
	found := []rules.Rule{}
	for i, rule := range source.Spec.Rules {
		matches := r.matches(source, i)
		if len(matches) == 0 {
			continue
		}
		served, why := r.serve(i, rule, matches)
		if why != nil {
			r.outcome.fail(i, *why)
			served = []rules.Rule{r.answers500(i, matches)}
		}
		served[0].Attached.Name = rule.Name
		r.outcome.served = r.outcome.served || slices.ContainsFunc(served, answers)
		found = append(found, served...)
	}
	return found
}

// answers tells that requests of a rule are answered, and not all with 500.
func answers(rule rules.Rule) bool {
	return rule.Attached.Answers() || slices.ContainsFunc(rule.Backends, func(backend rules.Backend) bool { return backend.Unresolved == nil })
}

// matches are those of a rule that the route may have and no other has.
func (r *reader) matches(source *gatewayv1.HTTPRoute, i int) []gatewayv1.HTTPRouteMatch {
	kept, holder := []gatewayv1.HTTPRouteMatch{}, "HTTPRoute "+source.Namespace+"/"+source.Name
	for j, match := range matchesOf(source.Spec.Rules[i]) {
		field, key := fmt.Sprintf(".matches[%d]", j), rules.MatchKey(match)
		if at, why := checkMatch(match, r.gateway); why != "" {
			r.outcome.drop(i, field+at, "%s", why)
			continue
		}
		switch other := r.claims.holder(r.set, key); {
		case other == frontendItself && r.isOwn(source.Spec.Rules[i]):
			r.outcome.served = true
			continue
		case other == frontendItself:
			r.outcome.drop(i, field, "%s has this match itself: leave it out", r.name())
			continue
		case other != "":
			r.outcome.drop(i, field, "%s has this match", other)
			continue
		case !r.claims.room(r.set.Visibility, 1):
			r.outcome.drop(i, field, "the HTTPRoutes of %s have more than %d matches", r.name(), maxMatches)
			continue
		}
		r.claims.take(r.set, key, holder)
		kept = append(kept, match)
	}
	return kept
}

// isOwn tells that a rule asks for no more than what the frontend does anyway: all to its own Service.
func (r *reader) isOwn(rule gatewayv1.HTTPRouteRule) bool {
	if len(rule.Filters) > 0 || rule.Timeouts != nil || rule.Retry != nil || rule.SessionPersistence != nil || len(rule.BackendRefs) != 1 {
		return false
	}
	ref := rule.BackendRefs[0]
	if len(ref.Filters) > 0 || !isService(ref.BackendObjectReference) || !sameNamespace(ref.BackendObjectReference, r.frontend.Namespace) {
		return false
	}
	if r.frontend.Kind == kindService {
		return string(ref.Name) == r.frontend.Name
	}
	return r.in.RewriteTargets[LocalHost(r.frontend.Namespace, string(ref.Name))] != nil
}

// answers500 is a rule that keeps its matches and has no backends.
func (r *reader) answers500(i int, matches []gatewayv1.HTTPRouteMatch) rules.Rule {
	return rules.Rule{Field: fieldOf(i), Path: *matches[0].Path.Value, Refused: true, Attached: &rules.Attached{Matches: matches}}
}

// SortedSources are routes in the order in which they claim matches: the oldest first, then by name.
func SortedSources(routes []*gatewayv1.HTTPRoute) []*gatewayv1.HTTPRoute {
	byName := map[string]*gatewayv1.HTTPRoute{}
	for _, route := range routes {
		byName[route.Namespace+"/"+route.Name] = route
	}
	sorted := make([]*gatewayv1.HTTPRoute, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		sorted = append(sorted, byName[name])
	}
	slices.SortStableFunc(sorted, func(a, b *gatewayv1.HTTPRoute) int { return a.CreationTimestamp.Compare(b.CreationTimestamp.Time) })
	return sorted
}
