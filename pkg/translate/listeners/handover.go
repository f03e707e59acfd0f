// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"slices"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// A host that comes to share a listener has one of its own until the shared one works. Were that just deleted then, new
// connections for the host would be answered 404 for a moment: gateways have a host's routes on the most specific listener
// alone, and Envoy learns that this one is gone before it has the table in which the shared one serves the host
// (https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations). It waits for the
// table of a listener that is new. So the host goes over in two steps, each of which makes a new one:
//
//  1. The shared ListenerSet gets a listener for the host, too, and the host's own goes.
//  2. By one write, that listener goes and the shared one gets another name.

// handOverRecheck is how soon to look whether the first step is done, if no event tells.
const handOverRecheck = 2 * time.Second

// handOver takes the first step for a host whose own listener goes.
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

// putShared puts the listeners of a domain into the ListenerSet that is shared: the one for all of it, and those of hosts that
// are between the two steps. Those of this KIngress take the second one together, as soon as all of them work.
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

// isOfUser tells whether a KIngress of a domain has a host. Of very many only the eldest are known.
func (p *planner) isOfUser(of domain, host string) bool {
	users := p.users[of]
	return len(users) > MaxOwners || slices.ContainsFunc(users, func(user *v1alpha1.Ingress) bool {
		if p.hostsOf[user] == nil {
			p.hostsOf[user] = hostsAt(user, p.visibility)
		}
		return p.hostsOf[user].reached(host)
	})
}

// sharedEntry is the listener for all of a domain, with the name that it has.
func (p *planner) sharedEntry(of domain, stored *gatewayv1.ListenerSet) gatewayv1.ListenerEntry {
	shared := p.entry(of.hostname(), of.secret)
	for _, entry := range listenersOf(stored) {
		if of.has(entry) && string(*entry.Hostname) == of.hostname() {
			shared.Name = entry.Name
		}
	}
	return shared
}

// otherName is the one of the two names of a shared listener that it does not have.
func otherName(of domain, name gatewayv1.SectionName) gatewayv1.SectionName {
	if plain := gatewayv1.SectionName(names.Route(of.hostname(), "")); name != plain {
		return plain
	}
	return gatewayv1.SectionName(names.Route(of.hostname(), names.PartSuffix(1)))
}
