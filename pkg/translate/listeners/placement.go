// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// Placement says where the listeners for the hosts of one visibility are.
type Placement struct {
	visibility v1alpha1.IngressVisibility
	gateway    input.Gateway
	available  dataplane.AvailableListeners

	// named are the certificates that spec.tls names, whether their listener could be placed or not.
	named certificates
	// own are the KIngress's listeners on the Gateway itself, by hostname: those of onGateway, and the
	// draining ones.
	own       map[string]gatewayv1.Listener
	onGateway certificates
	// foreign are the Gateway's listeners of other owners that terminate TLS for hosts of the KIngress.
	foreign []gatewayv1.Listener
	// sets are the listeners in ListenerSets, by the names of set and listener: those of inSets, and the
	// draining ones.
	sets   map[string]map[string]gatewayv1.ListenerEntry
	inSets certificates
	// conflicted are shared ListenerSets whose hostname another listener of the Gateway has.
	conflicted sets.Set[string]
	// unshared are ListenerSets that hosts have shared and must not share any more, with whether they have
	// left: each host has a listener of its own that works.
	unshared map[string]bool
	// stored describes the stored ListenerSets on the Gateway, and holding has the names of these and of
	// the planned ones; both by the hostname of a listener.
	stored  map[string]storedListeners
	holding map[string]sets.Set[string]
	// draining has since when listeners have been draining.
	draining map[place]time.Time
	// requeueAfter is after how long the placement of the same input is another one; 0 is never.
	requeueAfter time.Duration
}

// place is where a listener is: its name in a ListenerSet, or on the Gateway if set is empty. Listeners
// of several ListenerSets may have the same name.
type place struct{ set, name string }

// Termination is the listener at which TLS to a host ends.
type Termination struct {
	// Hostname is that of the listener.
	Hostname string
	Port     int32
	// Section is its name if it is on the Gateway; empty in a ListenerSet.
	Section gatewayv1.SectionName
	// Foreign tells that it is not the KIngress's own, Programmed that the gateway reports its present
	// generation as programmed.
	Foreign, Programmed bool

	visibility v1alpha1.IngressVisibility
}

// Termination finds the most specific listener that admits a host. Of two with the same hostname it is
// the KIngress's own.
func (p *Placement) Termination(host string) (found Termination, exists bool) {
	found, exists = p.foreignTermination(host)
	if hostname, named := p.onGateway.of(host); named && (!exists || dataplane.Specificity(hostname) >= dataplane.Specificity(found.Hostname)) {
		name := p.own[hostname].Name
		found, exists = Termination{Hostname: hostname, Port: p.gateway.HTTPS.Port, Section: name, Programmed: p.available.Programmed.Has(name)}, true
	}
	if hostname, named := p.inSets.of(host); named && (!exists || dataplane.Specificity(hostname) >= dataplane.Specificity(found.Hostname)) {
		found, exists = Termination{Hostname: hostname, Port: p.gateway.HTTPS.Port, Programmed: p.stored[hostname].programmed}, true
	}
	found.visibility = p.visibility
	return found, exists
}

// foreignTermination finds the most specific of the foreign listeners that admits a host.
func (p *Placement) foreignTermination(host string) (found Termination, exists bool) {
	for _, listener := range p.foreign {
		hostname := dataplane.HostnameOf(listener)
		if dataplane.Admits(hostname, host) && (!exists || dataplane.Specificity(hostname) > dataplane.Specificity(found.Hostname)) {
			found = Termination{Hostname: hostname, Port: listener.Port, Section: listener.Name, Foreign: true, Programmed: p.available.Programmed.Has(listener.Name)}
			exists = true
		}
	}
	return found, exists
}

// Sections are the Gateway's listeners through which clients reach hosts over TLS. A foreign one counts
// besides the KIngress's own, which may not work yet, or any more.
func (p *Placement) Sections(hosts []string) []string {
	names := p.OwnSections(hosts)
	for _, host := range hosts {
		if foreign, exists := p.foreignTermination(host); exists {
			names = append(names, string(foreign.Section))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// OwnSections are the KIngress's own listeners on the Gateway that serve hosts.
func (p *Placement) OwnSections(hosts []string) []string {
	if len(p.own) == 0 {
		return nil
	}
	hostnames := sets.New[string]()
	for _, host := range hosts {
		for hostname := range admitting(host) {
			if _, found := p.own[hostname]; found {
				hostnames.Insert(hostname)
			}
		}
	}
	found := []string{}
	for _, hostname := range sets.List(hostnames) {
		found = append(found, string(p.own[hostname].Name))
	}
	return found
}

// Sets are the ListenerSets with a listener for one of the hosts, even if the plan removes the listener:
// a gateway that learns first that the route is detached would answer 404 on the listener that is still
// there. The route is detached once the listener is deleted.
func (p *Placement) Sets(hosts []string) []string {
	found := sets.New[string]()
	if len(p.holding) == 0 {
		return nil
	}
	for _, host := range hosts {
		for hostname := range admitting(host) {
			found.Insert(p.holding[hostname].UnsortedList()...)
		}
	}
	return slices.DeleteFunc(sets.List(found), func(name string) bool {
		return p.unshared[name] || p.conflicted.Has(name)
	})
}

// Named tells whether spec.tls names a certificate for a host, whether its listener could be placed or
// not.
func (p *Placement) Named(host string) bool {
	_, named := p.named.of(host)
	return named
}

// overlaid tells whether a foreign listener answers for the host of a listener that does not work.
func (p *Placement) overlaid(hostname string) bool {
	_, found := p.foreignTermination(probe.Host(hostname))
	return found
}

// Uses are listeners on which routes depend, besides those that serve their hosts.
type Uses struct {
	// Awaited are the KIngress's own to which requests will be redirected as soon as they work, Foreign
	// those of other owners to which they are redirected.
	Awaited, Foreign []Termination
	// Gateways and ListenerSets are those that routes leave, and to which they are still attached.
	Gateways, ListenerSets sets.Set[string]
}

// With joins two.
func (u Uses) With(more Uses) Uses {
	return Uses{Awaited: append(u.Awaited, more.Awaited...), Foreign: append(u.Foreign, more.Foreign...)}
}
