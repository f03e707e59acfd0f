// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"maps"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// placeInSets gives each listener that is not on the Gateway its place in a ListenerSet. A
// listener stays where it is; a new one goes where room is.
func (p *planner) placeInSets(wanted certificates) {
	if len(wanted) == 0 && len(p.in.ListenerSets) == 0 {
		return
	}
	p.inSets = p.share(wanted)
	homes := p.homes()
	added := []gatewayv1.ListenerEntry{}
	for _, hostname := range slices.Sorted(maps.Keys(p.inSets)) {
		entry := p.entry(hostname, p.inSets[hostname])
		home, placed := homes[hostname]
		if _, shared := p.shared[home]; shared {
			continue // it is there
		}
		if placed {
			p.put(home, entry)
		} else {
			added = append(added, entry)
		}
	}
	for _, entry := range added {
		p.put(p.room(entry), entry)
	}
}

// homes tells on which ListenerSet the listener of each hostname is, the shared one first.
// Those that spec.tls does not name any more stay there for a while.
func (p *planner) homes() map[string]string {
	homes := map[string]string{}
	for name, of := range p.shared {
		if !p.conflicted.Has(name) {
			homes[of.hostname()] = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.in.ListenerSets)) {
		set := p.in.ListenerSets[name]
		if !isOn(p.gateway, set) || !isOwn(set) {
			continue
		}
		since := unlistedOf(set)
		for hostname, entry := range byHostname(set.Spec.Listeners) {
			if homes[hostname] == "" {
				homes[hostname] = name
			}
			switch {
			case p.inSets[hostname] != "":
			case p.waits(hostname) || p.drains(hostname, place{name, string(entry.Name)}, since):
				p.put(name, entry)
			default:
				p.handOver(entry)
			}
		}
	}
	return homes
}

// room is the first of the KIngress's own ListenerSets with room for a listener, and with
// none of its name: *.example.com and example.com.wildcard have the same.
func (p *planner) room(entry gatewayv1.ListenerEntry) string {
	for part := p.full; ; part++ {
		name := names.ListenerSet(p.in.Ingress.Name, p.gateway.Name, part)
		_, taken := p.sets[name][string(entry.Name)]
		_, takenBeside := p.beside[name][string(entry.Name)]
		switch {
		case len(p.sets[name])+len(p.beside[name]) >= maxListeners:
			if part == p.full {
				p.full++
			}
		case !taken && !takenBeside:
			return name
		}
	}
}
