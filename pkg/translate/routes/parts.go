// SPDX-License-Identifier: Apache-2.0

package routes

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// The Gateway API's limits for one HTTPRoute. Of its 16 rules four stay free: one for the probe rule,
// three for warming new backends.
const (
	maxRouteRules = 16
	maxRules      = maxRouteRules - 4
	// maxRuleMatches are the matches of these rules. An HTTPRoute has 128.
	maxRuleMatches = 128 - 4
	maxHostnames   = 16
)

// part is the part of a rule set that one HTTPRoute has.
type part struct {
	attachment
	// name is the name of the HTTPRoute.
	name string
	// number counts the HTTPRoutes that serve the same hosts, from 0.
	number int
}

// spread cuts a set into parts that fit into HTTPRoutes. The rules of one host may be on several
// HTTPRoutes, because a gateway orders them by their matches, which are distinct (SPEC B-TRN-3).
//
// Hosts and rules stay on the HTTPRoute on which they are. HTTPRoutes are written one after another, so a
// rule that moved between two existing ones would for a moment be on neither, and its requests would
// match a less specific rule. New hosts and rules go to the first HTTPRoute with room.
func (r Renderer) spread(set attachment) []part {
	parts := []part{}
	for _, group := range r.hostGroups(set) {
		suffix := r.suffix(set, group.name)
		live := r.liveParts(group.name, suffix)
		placed := spreadRules(set.Rules, live)
		for _, number := range slices.Sorted(maps.Keys(placed)) {
			parts = append(parts, part{
				attachment: attachment{RuleSet: set.Of(group.hosts, inPlace(placed[number], live[number])), protocols: set.protocols, sections: set.sections},
				name:       names.Route(group.name, names.PartSuffix(number)+suffix),
				number:     number,
			})
		}
	}
	return parts
}

// suffix tells the name of the cluster-local route of a host from that of its external one.
func (r Renderer) suffix(set attachment, host string) string {
	switch {
	case set.protocols == onlyHTTP:
		return names.RedirectSuffix
	case set.Visibility != config.Visibilities[0] && r.outside.Has(names.Route(host, "")):
		return names.LocalSuffix + r.forUser
	}
	return r.forUser
}

// outsideNames are the names of the HTTPRoutes of hosts that are not cluster-local.
func outsideNames(ing *v1alpha1.Ingress) sets.Set[string] {
	found := sets.New[string]()
	for _, rule := range ing.Spec.Rules {
		if rules.Visibility(rule) == v1alpha1.IngressVisibilityClusterLocal {
			continue
		}
		for _, host := range rule.Hosts {
			found.Insert(names.Route(host, ""))
		}
	}
	return found
}

// routesByHost are the names of HTTPRoutes, by host.
func routesByHost(routes map[string]*gatewayv1.HTTPRoute) map[gatewayv1.Hostname][]string {
	names := map[gatewayv1.Hostname][]string{}
	for name, route := range routes {
		for _, host := range route.Spec.Hostnames {
			names[host] = append(names[host], name)
		}
	}
	return names
}

// liveParts are the HTTPRoutes that are named after the host and serve it, by part.
func (r Renderer) liveParts(host, suffix string) map[int]*gatewayv1.HTTPRoute {
	live := map[int]*gatewayv1.HTTPRoute{}
	for _, name := range r.serving[gatewayv1.Hostname(host)] {
		if part, found := names.PartNumber(name, host, suffix); found {
			live[part] = r.in.Routes[name]
		}
	}
	return live
}

// hostGroup are the sorted hosts of one HTTPRoute, or of its parts.
type hostGroup struct {
	// name is the host that gives the HTTPRoute its name.
	name  string
	hosts []string
}

// hostGroups cuts the hosts of a set into groups. If all fit into one HTTPRoute, they are one group,
// named after the alphabetically last. If not, hosts stay with the host that named their HTTPRoute.
func (r Renderer) hostGroups(set attachment) []hostGroup {
	groups, unplaced := []hostGroup{}, set.Hosts
	if len(set.Hosts) > maxHostnames {
		groups, unplaced = r.liveGroups(set)
	}
	for i := range groups {
		room := min(maxHostnames-len(groups[i].hosts), len(unplaced))
		groups[i].hosts = slices.Sorted(slices.Values(slices.Concat(groups[i].hosts, unplaced[:room])))
		unplaced = unplaced[room:]
	}
	for hosts := range slices.Chunk(unplaced, maxHostnames) {
		groups = append(groups, hostGroup{name: hosts[len(hosts)-1], hosts: hosts})
	}
	return groups
}

// liveGroups finds which hosts of a set are together on HTTPRoutes, and those that are
// not yet on any.
func (r Renderer) liveGroups(set attachment) (groups []hostGroup, unplaced []string) {
	left := sets.New(set.Hosts...)
	for _, host := range set.Hosts {
		live := r.liveParts(host, r.suffix(set, host))
		if len(live) == 0 || !left.Has(host) {
			continue
		}
		left.Delete(host)
		group := hostGroup{name: host, hosts: []string{host}}
		for _, other := range slices.Sorted(slices.Values(live[slices.Min(slices.Collect(maps.Keys(live)))].Spec.Hostnames)) {
			if left.Has(string(other)) && len(group.hosts) < maxHostnames {
				left.Delete(string(other))
				group.hosts = append(group.hosts, string(other))
			}
		}
		groups = append(groups, group)
	}
	return groups, sets.List(left)
}

// spreadRules gives each rule a part: the one on which it is, else the first with room. A rule for which
// its part has no room any more goes to a part that does not exist yet, because creations are written
// first.
func spreadRules(all []rules.Rule, live map[int]*gatewayv1.HTTPRoute) map[int][]rules.Rule {
	if others := len(live) > 1 || len(live) == 1 && live[0] == nil; !others && len(all) <= maxRules && matchesOf(all...) <= maxRuleMatches {
		return map[int][]rules.Rule{0: all}
	}
	places := livePlaces(live)
	chosen, count, matches := make([]int, len(all)), map[int]int{}, map[int]int{}
	full := func(place int, rule rules.Rule) bool {
		return count[place] == maxRules || matches[place]+matchesOf(rule) > maxRuleMatches
	}
	put := func(at, place int) {
		chosen[at] = place
		count[place], matches[place] = count[place]+1, matches[place]+matchesOf(all[at])
	}
	type unplacedRule struct {
		at        int
		displaced bool
	}
	unplaced := []unplacedRule{}
	for i, rule := range all {
		place, found := places[rule.Match()]
		if !found || full(place, rule) {
			unplaced = append(unplaced, unplacedRule{at: i, displaced: found})
			continue
		}
		put(i, place)
	}
	first := map[bool]int{} // with room, for those that are displaced and those that are new
	for _, rule := range unplaced {
		place := first[rule.displaced]
		for full(place, all[rule.at]) || rule.displaced && live[place] != nil {
			place++
		}
		if matchesOf(all[rule.at]) == 1 {
			first[rule.displaced] = place
		}
		put(rule.at, place)
	}
	parts := map[int][]rules.Rule{}
	for i, rule := range all {
		parts[chosen[i]] = append(parts[chosen[i]], rule)
	}
	return parts
}

// matchesOf is how many matches some rules have.
func matchesOf(some ...rules.Rule) int {
	count := len(some)
	for _, rule := range some {
		if rule.Attached != nil {
			count += len(rule.Attached.Matches) - 1
		}
	}
	return count
}

// livePlaces has the part on which each match is, without the rules for probes, which every part has.
func livePlaces(live map[int]*gatewayv1.HTTPRoute) map[string]int {
	places := map[string]int{}
	for _, part := range slices.Sorted(maps.Keys(live)) {
		for _, rule := range live[part].Spec.Rules {
			for _, found := range rule.Matches {
				matched, probes := readMatch(found)
				if _, known := places[matched]; !known && !probes {
					places[matched] = part
				}
			}
		}
	}
	return places
}
