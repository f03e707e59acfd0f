// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"slices"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// A host that begins to share a listener keeps its own one until the shared one works. If the controller
// just deleted the own one then, new connections for the host would be answered 404 for a moment:
// gateways serve a host's routes only on the most specific listener, and Envoy learns that this one is
// deleted before it has the table in which the shared one serves the host
// (https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations).
// But Envoy waits for the table of a new listener. So the host is handed over in two steps, each of which
// makes a new listener:
//
//  1. The shared ListenerSet gets a listener for the host, too, and the host's own is deleted.
//  2. One write deletes that listener and gives the shared one another name.

// handOverRecheck is after how long to see whether the first step is done, if no event tells.
const handOverRecheck = 2 * time.Second

// handOver takes the first step for a host whose own listener is deleted.
func (p *planner) handOver(entry gatewayv1.ListenerEntry) {
	if entry.Hostname == nil || len(certificatesOf(gatewayv1.Listener(entry))) == 0 {
		return
	}
	of := domainOf(string(*entry.Hostname), string(entry.TLS.CertificateRefs[0].Name))
	name := names.SharedListenerSet(p.gateway.Name, of.name, of.secret)
	if _, shared := p.shared[name]; shared && !p.conflicted.Has(name) && p.hasHost(string(*entry.Hostname)) {
		p.put(name, p.entry(string(*entry.Hostname), of.secret))
		p.requeueIn(handOverRecheck)
	}
}

// putShared puts the listeners of a domain into the shared ListenerSet: the one for the whole domain, and
// those of hosts that are between the two steps. The hosts of this KIngress take the second step
// together, as soon as all their listeners work.
func (p *planner) putShared(name string, of domain, stored *gatewayv1.ListenerSet) {
	shared, between, waits, works := p.sharedEntry(of, stored), []gatewayv1.ListenerEntry{}, false, programmedIn(stored)
	for _, entry := range listenersOf(stored) {
		switch {
		case !of.has(entry), string(*entry.Hostname) == of.hostname():
		case p.hasHost(string(*entry.Hostname)):
			between = append(between, entry)
			waits = waits || p.stored[string(*entry.Hostname)].own || !works.Has(entry.Name)
		case p.isOfUser(of, string(*entry.Hostname)):
			p.put(name, entry)
		}
	}
	switch {
	case waits:
		for _, entry := range between {
			p.put(name, entry)
		}
		p.requeueIn(handOverRecheck)
	case len(between) > 0:
		shared.Name = otherName(of, shared.Name)
	}
	p.put(name, shared)
}

// isOfUser tells whether one of the known KIngresses of a domain has a host. Of very many only the oldest
// are known.
func (p *planner) isOfUser(of domain, host string) bool {
	users := p.users[of]
	return len(users) > MaxOwners || slices.ContainsFunc(users, func(user *v1alpha1.Ingress) bool {
		if p.hostsOf[user] == nil {
			p.hostsOf[user] = hostsAt(user, p.visibility)
		}
		return p.hostsOf[user].reached(host)
	})
}

// sharedEntry is the listener for a whole domain, with the name of the stored one.
func (p *planner) sharedEntry(of domain, stored *gatewayv1.ListenerSet) gatewayv1.ListenerEntry {
	shared := p.entry(of.hostname(), of.secret)
	for _, entry := range listenersOf(stored) {
		if of.has(entry) && string(*entry.Hostname) == of.hostname() {
			shared.Name = entry.Name
		}
	}
	return shared
}

// otherName is the other one of the two names that a shared listener can have.
func otherName(of domain, name gatewayv1.SectionName) gatewayv1.SectionName {
	if plain := gatewayv1.SectionName(names.Route(of.hostname(), "")); name != plain {
		return plain
	}
	return gatewayv1.SectionName(names.Route(of.hostname(), names.PartSuffix(1)))
}
