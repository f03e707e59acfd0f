// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"slices"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A host that comes to share a listener has one of its own until the shared one works. Were that just deleted then, new
// connections for the host would be answered 404 for a moment: gateways have a host's routes on the most specific listener
// alone, and Envoy learns that this one is gone before it has the table in which the shared one serves the host
// (https://www.envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol#eventual-consistency-considerations). It waits for the
// table of a listener that is new. So the host goes over in two steps, each of which makes a new one:
//
//  1. The shared ListenerSet gets a listener for the host, too, and the host's own goes.
//  2. By one write, that listener goes and the shared one gets another name.

// handOverAgain is how soon to look whether the first step is done, if nobody tells.
const handOverAgain = 2 * time.Second

// handOver takes the first step for a host whose own listener goes.
func (l *listeners) handOver(entry gatewayv1.ListenerEntry) {
	if entry.Hostname == nil || len(certificatesOf(gatewayv1.Listener(entry))) == 0 {
		return
	}
	of := domainOf(string(*entry.Hostname), string(entry.TLS.CertificateRefs[0].Name))
	name := l.sharedName(of)
	if _, shared := l.shares[name]; shared && !l.refused.Has(name) && l.hasHost(string(*entry.Hostname)) {
		l.put(name, l.entry(string(*entry.Hostname), of.secret))
		l.lookAgain(handOverAgain)
	}
}

// putShared puts the listeners of a domain into the ListenerSet that is shared: the one for all of it, and those of hosts that
// are between the two steps. Those of this KIngress take the second one together, as soon as all of them work.
func (l *listeners) putShared(name string, of domain, stored *gatewayv1.ListenerSet) {
	shared, between, waits, works := l.sharedEntry(of, stored), []gatewayv1.ListenerEntry{}, false, programmedIn(stored)
	for _, entry := range listenersOf(stored) {
		switch {
		case !of.has(entry), string(*entry.Hostname) == of.hostname():
		case l.hasHost(string(*entry.Hostname)):
			between = append(between, entry)
			waits = waits || l.working()[string(*entry.Hostname)].stands || !works.Has(entry.Name)
		case l.isOfUser(of, string(*entry.Hostname)):
			l.put(name, entry)
		}
	}
	switch {
	case waits:
		for _, entry := range between {
			l.put(name, entry)
		}
		l.lookAgain(handOverAgain)
	case len(between) > 0:
		shared.Name = otherName(of, shared.Name)
	}
	l.put(name, shared)
}

// isOfUser tells whether a KIngress of a domain has a host. Of very many only the eldest are known.
func (l *listeners) isOfUser(of domain, host string) bool {
	users := l.users[of]
	return len(users) > MaxOwners || slices.ContainsFunc(users, func(user *v1alpha1.Ingress) bool {
		if l.entries.hosts[user] == nil {
			l.entries.hosts[user] = hostsAt(user, l.visibility)
		}
		return l.entries.hosts[user].reached(host)
	})
}

// sharedEntry is the listener for all of a domain, with the name that it has.
func (l *listeners) sharedEntry(of domain, stored *gatewayv1.ListenerSet) gatewayv1.ListenerEntry {
	shared := l.entry(of.hostname(), of.secret)
	for _, entry := range listenersOf(stored) {
		if of.has(entry) && string(*entry.Hostname) == of.hostname() {
			shared.Name = entry.Name
		}
	}
	return shared
}

// otherName is the one of the two names of a shared listener that it does not have.
func otherName(of domain, name gatewayv1.SectionName) gatewayv1.SectionName {
	if plain := gatewayv1.SectionName(routeName(of.hostname(), "")); name != plain {
		return plain
	}
	return gatewayv1.SectionName(routeName(of.hostname(), partSuffix(1)))
}

func listenersOf(set *gatewayv1.ListenerSet) []gatewayv1.ListenerEntry {
	if set == nil {
		return nil
	}
	return set.Spec.Listeners
}

// has tells whether a listener is for hosts of the domain, with its certificate.
func (d domain) has(entry gatewayv1.ListenerEntry) bool {
	return entry.Hostname != nil && entry.TLS != nil && len(entry.TLS.CertificateRefs) > 0 &&
		domainOf(string(*entry.Hostname), string(entry.TLS.CertificateRefs[0].Name)) == d
}

// lookAgain notes when the listeners will be others though nothing happens.
func (l *listeners) lookAgain(left time.Duration) {
	if l.again == 0 || left < l.again {
		l.again = left
	}
}
