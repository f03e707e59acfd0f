// SPDX-License-Identifier: Apache-2.0

package paths

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// Route is an HTTPRoute of a user whose parent owns the hosts.
type Route struct {
	// HTTPRoute is its name, as NAMESPACE/NAME.
	HTTPRoute string `json:"httpRoute"`
	// Parent is the owner of the hosts, as in "DomainMapping shop.example.com".
	Parent string `json:"parent"`
	// Conditions are those that the controller writes for this parent.
	Conditions []Condition `json:"conditions,omitempty"`
	// Problems are what is not served as it is written.
	Problems []Problem `json:"problems,omitempty"`
	// Paths are what is served, for each group of hosts.
	Paths []Path `json:"paths,omitempty"`
}

// Condition is a condition of the HTTPRoute.
type Condition struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason,omitempty"`
	Message string `json:"message,omitempty"`
}

// Effect is what a problem does.
type Effect string

// The effects.
const (
	// Refused: nothing of the HTTPRoute is served.
	Refused Effect = "refused"
	// Dropped: a match is left out, and its requests go where they went before; or a rule is answered 500. The message tells which.
	Dropped Effect = "dropped"
	// Unresolved: a backend does not exist or may not be used, and its share of the requests is answered 500.
	Unresolved Effect = "unresolved"
)

// Problem is something that is not served as it is written.
type Problem struct {
	Effect Effect `json:"effect"`
	// Field is where it stands in the HTTPRoute, as in "spec.rules[1].matches[0].path"; empty if it is about all of it.
	Field   string `json:"field,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// Path is a match of some hosts with where its requests go.
type Path struct {
	// Visibility is external or cluster-local.
	Visibility string   `json:"visibility"`
	Hosts      []string `json:"hosts"`
	// Rule is the one of the HTTPRoute, as in "spec.rules[0]".
	Rule  string                   `json:"rule"`
	Match gatewayv1.HTTPRouteMatch `json:"match"`
	// Backends get the requests by their weights.
	Backends []Backend `json:"backends,omitempty"`
	// Filters are the types of the rule's filters.
	Filters []string `json:"filters,omitempty"`
	// Answer is what the Gateway answers itself: "redirect" or "500".
	Answer string `json:"answer,omitempty"`
}

// Backend is a Service that gets requests.
type Backend struct {
	Weight int32 `json:"weight"`
	// Service is its name, in the namespace of the HTTPRoute: that of a Revision, or one of Kubernetes with its port.
	Service string `json:"service"`
	// Missing tells that it does not exist: its share is answered 500.
	Missing bool `json:"missing,omitempty"`
}

// The answers of a Gateway.
const (
	redirect = "redirect"
	failure  = "500"
)

// Of are the HTTPRoutes whose parent owns the hosts of an examined KIngress, the oldest first.
func Of(found *examine.Examination) (all []Route) {
	for _, one := range found.Attached {
		route := Route{HTTPRoute: one.Source.Namespace + "/" + one.Source.Name, Parent: Owner(one.Frontend)}
		for _, condition := range one.Conditions {
			route.Conditions = append(route.Conditions, Condition{condition.Type, string(condition.Status), condition.Reason, condition.Message})
		}
		route.Problems = problems(one.Outcome)
		for _, set := range one.Sets {
			route.Paths = append(route.Paths, pathsOf(set)...)
		}
		all = append(all, route)
	}
	return all
}

// Owner names a Knative object.
func Owner(frontend attached.Frontend) string { return frontend.Kind + " " + frontend.Name }

func problems(outcome attached.Outcome) (found []Problem) {
	add := func(effect Effect, problem attached.Problem) {
		found = append(found, Problem{Effect: effect, Field: problem.Field, Reason: string(problem.Reason), Message: problem.Detail})
	}
	if outcome.Refused != nil && len(outcome.Dropped) == 0 {
		add(Refused, *outcome.Refused)
	}
	for _, problem := range outcome.Dropped {
		add(Dropped, problem)
	}
	for _, problem := range outcome.Unresolved {
		add(Unresolved, problem)
	}
	return found
}

func pathsOf(set rules.RuleSet) (found []Path) {
	for _, rule := range set.Rules {
		path := Path{Visibility: examine.Words[set.Visibility], Hosts: set.Hosts, Rule: rule.Field}
		switch {
		case rule.Attached.Answers():
			path.Answer = redirect
		case len(rule.Backends) == 0:
			path.Answer = failure
		}
		for _, filter := range rule.Attached.Filters {
			path.Filters = append(path.Filters, string(filter.Type))
		}
		for _, backend := range rule.Backends {
			service := backend.Service.Name
			if split := backend.Field != ""; !split && !backend.OfRevision() && backend.Port.IntVal > 0 { // a split is of a Knative Service
				service += ":" + backend.Port.String()
			}
			path.Backends = append(path.Backends, Backend{Weight: backend.Weight, Service: service, Missing: backend.Unresolved != nil})
		}
		for _, match := range rule.Attached.Matches {
			path.Match = match
			found = append(found, path)
		}
	}
	return found
}

// condition is a condition of the route; nil if it has none of the type.
func (r Route) condition(kind string) *Condition {
	at := slices.IndexFunc(r.Conditions, func(one Condition) bool { return one.Type == kind })
	if at < 0 {
		return nil
	}
	return &r.Conditions[at]
}

// Served tells that all of it is served as it is written.
func (r Route) Served() bool {
	served := r.condition(status.ConditionServed)
	return len(r.Problems) == 0 && served != nil && served.Status == string(metav1.ConditionTrue)
}
