// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// hostRules are the rules of a KIngress at one visibility. Each rule is read once, however many hosts it
// has.
type hostRules struct {
	// read has the rules of each of spec.rules.
	read [][]Rule
	// of has, by host, the indexes of the spec.rules with this host, in their order.
	of map[string][]int
}

func readRules(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility, report *conditions.Report) hostRules {
	found := hostRules{read: make([][]Rule, len(ing.Spec.Rules)), of: map[string][]int{}}
	for i, rule := range ing.Spec.Rules {
		if Visibility(rule) != visibility {
			continue
		}
		field := fmt.Sprintf("spec.rules[%d]", i)
		switch {
		case rule.HTTP == nil || len(rule.HTTP.Paths) == 0:
			report.AddGap(conditions.Gap{Field: field + ".http", Detail: "a rule without paths serves nothing"})
			continue
		case len(rule.Hosts) == 0:
			report.AddGap(conditions.Gap{Field: field + ".hosts", Detail: "a rule without hosts is not served"})
			continue
		}
		for _, host := range PossibleHosts(rule.Hosts, field, report) {
			if at := found.of[host]; len(at) == 0 || at[len(at)-1] != i { // a host may be named twice
				found.of[host] = append(at, i)
			}
		}
		for j, path := range rule.HTTP.Paths {
			at := fmt.Sprintf("%s.http.paths[%d]", field, j)
			if refusal := checkMatch(path, at); refusal != nil {
				report.Refuse(*refusal)
				continue
			}
			translated := ruleFor(path, at, ing.Namespace)
			reportUnread(path, at, report)
			if refusal := checkTarget(path, at); refusal != nil {
				report.Refuse(*refusal)
				translated = translated.refused()
			}
			found.read[i] = append(found.read[i], translated)
		}
	}
	return found
}

// merged are the rules of some of spec.rules together.
func (h hostRules) merged(indexes []int) []Rule {
	list := ruleList{}
	for _, i := range indexes {
		for _, rule := range h.read[i] {
			list.add(rule)
		}
	}
	return list.rules
}

// sets puts hosts that serve the same rules into one set, sorted by hosts.
func (h hostRules) sets() []*RuleSet {
	if len(h.of) == 0 {
		return nil
	}
	sets, byIndexes, byFields := []*RuleSet{}, map[string]*RuleSet{}, map[string]*RuleSet{}
	for _, host := range slices.Sorted(maps.Keys(h.of)) {
		indexes := key(h.of[host])
		set, known := byIndexes[indexes]
		if !known {
			rules := h.merged(h.of[host])
			fields := strings.Builder{}
			for _, rule := range rules {
				fields.WriteString(rule.Field)
				fields.WriteByte(',')
			}
			if set = byFields[fields.String()]; set == nil && len(rules) > 0 {
				set = &RuleSet{Rules: rules}
				sets, byFields[fields.String()] = append(sets, set), set
			}
			byIndexes[indexes] = set
		}
		if set != nil {
			set.Hosts = append(set.Hosts, host)
		}
	}
	return sets
}

// key tells lists of indexes apart.
func key(indexes []int) string {
	text := make([]byte, 0, 32)
	for _, index := range indexes {
		text = append(strconv.AppendInt(text, int64(index), 10), ',')
	}
	return string(text)
}

func ruleFor(path v1alpha1.HTTPIngressPath, field, namespace string) Rule {
	rule := Rule{
		Field:       field,
		Path:        path.Path,
		Headers:     matchedHeaders(path),
		Set:         headers(path.AppendHeaders),
		RewriteHost: path.RewriteHost,
	}
	if rule.Path == "" {
		rule.Path = "/"
	}
	for i, split := range path.Splits {
		weight := int32(split.Percent)
		if weight == 0 && len(path.Splits) == 1 {
			weight = 100 // the KIngress API's default for a single split
		}
		if weight == 0 {
			continue // a backend that gets no traffic needs no reference
		}
		service := types.NamespacedName{Namespace: split.ServiceNamespace, Name: split.ServiceName}
		if service.Namespace == "" {
			service.Namespace = namespace
		}
		rule.Backends = append(rule.Backends, Backend{
			Field:   splitField(field, i),
			Service: service,
			Port:    split.ServicePort,
			Weight:  weight,
			Set:     headers(split.AppendHeaders),
		})
	}
	return rule
}

// headers are those that a KIngress sets, sorted by name, up to maxAppended; nil for none.
func headers(values map[string]string) []Header {
	if len(values) == 0 {
		return nil
	}
	list := make([]Header, 0, len(values))
	for name, value := range values {
		list = append(list, Header{Name: name, Value: value})
	}
	slices.SortFunc(list, byName)
	return MergeHeaders(nil, list[:min(len(list), maxAppended)])
}

// Secured are the Services that must be reached over TLS: with system-internal-tls, Serving writes the
// port https of a Revision's Service. Its endpoints are the activator's or those of the Revision's
// queue-proxies, in turn.
func Secured(ing *v1alpha1.Ingress) sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			for _, backend := range ruleFor(path, "", ing.Namespace).Backends {
				if backend.Secured() {
					found.Insert(backend.Service)
				}
			}
		}
	}
	return found
}

// Visibility is the rule's visibility with its default applied.
func Visibility(rule v1alpha1.IngressRule) v1alpha1.IngressVisibility {
	if rule.Visibility == "" {
		return v1alpha1.IngressVisibilityExternalIP
	}
	return rule.Visibility
}

// ServedHosts are the hosts of the KIngress at a visibility, without the conflicting ones.
func ServedHosts(in input.Input, visibility v1alpha1.IngressVisibility) sets.Set[string] {
	found := sets.New[string]()
	for _, rule := range in.Ingress.Spec.Rules {
		if Visibility(rule) != visibility {
			continue
		}
		for _, host := range PossibleHosts(rule.Hosts, "", &conditions.Report{}) { // reported with the rule
			if !in.ConflictingHosts.Has(input.HostAt{Visibility: visibility, Host: host}) {
				found.Insert(host)
			}
		}
	}
	return found
}
