// SPDX-License-Identifier: Apache-2.0

package translate

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// place gives each hostname whose listener is not on the Gateway its place in a
// ListenerSet.
func (l *listeners) place(report *report) {
	l.sets = map[string]map[string]gatewayv1.ListenerEntry{}
	if len(l.certificates) == 0 && len(l.in.ListenerSets) == 0 {
		return
	}
	l.share(report)
	homes := l.homes()
	added := []gatewayv1.ListenerEntry{}
	for _, hostname := range sortedKeys(l.certificates) {
		entry := l.entry(hostname, l.certificates[hostname])
		home, placed := homes[hostname]
		if _, shares := l.shares[home]; shares {
			continue // it is there
		}
		if placed {
			l.put(home, entry)
		} else {
			added = append(added, entry)
		}
	}
	for _, entry := range added {
		l.put(l.room(entry), entry)
	}
}

// homes tells on which ListenerSet the listener of each hostname is, the shared one first.
// Those that spec.tls does not name any more stay there for a while.
func (l *listeners) homes() map[string]string {
	homes := map[string]string{}
	for name, of := range l.shares {
		if !l.refused.Has(name) {
			homes[of.hostname()] = name
		}
	}
	for _, name := range sortedKeys(l.in.ListenerSets) {
		set := l.in.ListenerSets[name]
		if !l.isOurs(set) || isShared(set) {
			continue
		}
		since := unlistedOf(set)
		for _, entry := range set.Spec.Listeners {
			if entry.Hostname == nil {
				continue // somebody else's
			}
			hostname := string(*entry.Hostname)
			if homes[hostname] == "" {
				homes[hostname] = name
			}
			switch {
			case l.certificates[hostname] != "":
			case l.waits(hostname) || l.stays(hostname, place{name, string(entry.Name)}, since):
				l.put(name, entry)
			default:
				l.handOver(entry)
			}
		}
	}
	return homes
}

// room is the first of the KIngress's own ListenerSets with room for a listener, and with
// none of its name: *.example.com and example.com.wildcard have the same.
func (l *listeners) room(entry gatewayv1.ListenerEntry) string {
	for part := l.full; ; part++ {
		name := l.setName(part)
		_, taken := l.sets[name][string(entry.Name)]
		_, takenBeside := l.beside[name][string(entry.Name)]
		switch {
		case len(l.sets[name])+len(l.beside[name]) >= maxListeners:
			if part == l.full {
				l.full++
			}
		case !taken && !takenBeside:
			return name
		}
	}
}

func (l *listeners) put(set string, entry gatewayv1.ListenerEntry) {
	if l.sets[set] == nil {
		l.sets[set] = map[string]gatewayv1.ListenerEntry{}
	}
	l.sets[set][string(entry.Name)] = entry
}
