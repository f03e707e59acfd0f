// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// visibilities in the order in which routes are rendered and reported.
var visibilities = []v1alpha1.IngressVisibility{
	v1alpha1.IngressVisibilityExternalIP,
	v1alpha1.IngressVisibilityClusterLocal,
}

// ruleSets reads the KIngress into RuleSets. Rules that share hosts merge; of two
// rules with one match the first wins, as the KIngress API says (SPEC B-TRN-5).
func ruleSets(in Input, report *report) []RuleSet {
	sets := []RuleSet{}
	checkVisibilities(in.Ingress, report)
	for _, visibility := range visibilities {
		perHost := rulesByHost(in.Ingress, visibility, report)
		for host := range perHost {
			if in.Lost.Has(HostAt{Visibility: visibility, Host: host}) {
				delete(perHost, host)
			}
		}
		for _, set := range groupHosts(perHost) {
			set.Visibility = visibility
			set.Rules = resolveRewrites(set.Rules, in, report)
			sets = append(sets, set)
		}
	}
	return sets
}

// rulesByHost lists, for each host, the rules it serves in the KIngress's order.
func rulesByHost(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility, report *report) map[string][]Rule {
	perHost := map[string][]Rule{}
	for i, rule := range ing.Spec.Rules {
		if Visibility(rule) != visibility {
			continue
		}
		field := fmt.Sprintf("spec.rules[%d]", i)
		switch {
		case rule.HTTP == nil || len(rule.HTTP.Paths) == 0:
			report.gap(Gap{Field: field + ".http", Detail: "a rule without paths serves nothing"})
			continue
		case len(rule.Hosts) == 0:
			report.gap(Gap{Field: field + ".hosts", Detail: "a rule without hosts is not served"})
			continue
		}
		hosts := possibleHosts(rule.Hosts, field, report)
		for j, path := range rule.HTTP.Paths {
			at := fmt.Sprintf("%s.http.paths[%d]", field, j)
			if refusal := checkMatch(path, at); refusal != nil {
				report.refuse(*refusal)
				continue
			}
			translated := ruleFor(path, at, ing.Namespace)
			if refusal := checkTarget(path, at); refusal != nil {
				report.refuse(*refusal)
				translated = translated.refused()
			}
			for _, host := range hosts {
				perHost[host] = appendRule(perHost[host], translated)
			}
		}
	}
	return perHost
}

// Visibility is the rule's visibility with its default applied.
func Visibility(rule v1alpha1.IngressRule) v1alpha1.IngressVisibility {
	if rule.Visibility == "" {
		return v1alpha1.IngressVisibilityExternalIP
	}
	return rule.Visibility
}

func appendRule(rules []Rule, rule Rule) []Rule {
	for _, earlier := range rules {
		if earlier.match() == rule.match() {
			return rules
		}
	}
	return append(rules, rule)
}

// groupHosts puts hosts that serve the same rules into one set, sorted by hosts.
func groupHosts(perHost map[string][]Rule) []RuleSet {
	groups := map[string]*RuleSet{}
	for _, host := range slices.Sorted(maps.Keys(perHost)) {
		fields := make([]string, 0, len(perHost[host]))
		for _, rule := range perHost[host] {
			fields = append(fields, rule.Field)
		}
		key := strings.Join(fields, ",")
		if groups[key] == nil {
			groups[key] = &RuleSet{Rules: perHost[host]}
		}
		groups[key].Hosts = append(groups[key].Hosts, host)
	}
	sets := make([]RuleSet, 0, len(groups))
	for _, group := range groups {
		sets = append(sets, *group)
	}
	slices.SortFunc(sets, func(a, b RuleSet) int { return strings.Compare(a.Hosts[0], b.Hosts[0]) })
	return sets
}

func ruleFor(path v1alpha1.HTTPIngressPath, field, namespace string) Rule {
	rule := Rule{
		Field:       field,
		Path:        path.Path,
		Set:         headers(path.AppendHeaders),
		RewriteHost: path.RewriteHost,
	}
	if rule.Path == "" {
		rule.Path = "/"
	}
	for _, name := range slices.Sorted(maps.Keys(path.Headers)) {
		rule.Headers = append(rule.Headers, Header{Name: name, Value: path.Headers[name].Exact})
	}
	for i, split := range path.Splits {
		weight := int32(split.Percent)
		if weight == 0 && len(path.Splits) == 1 {
			weight = 100 // the KIngress API's default for a single split
		}
		if weight == 0 {
			continue // no share: a backend that gets no traffic needs no reference
		}
		service := types.NamespacedName{Namespace: split.ServiceNamespace, Name: split.ServiceName}
		if service.Namespace == "" {
			service.Namespace = namespace
		}
		rule.Backends = append(rule.Backends, Backend{
			Field:   fmt.Sprintf("%s.splits[%d]", field, i),
			Service: service,
			Port:    split.ServicePort,
			Weight:  weight,
			Set:     headers(split.AppendHeaders),
		})
	}
	return rule
}

func headers(values map[string]string) []Header {
	list := make([]Header, 0, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, Header{Name: name, Value: values[name]})
	}
	return mergeHeaders(nil, list)
}
