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

	// named are the certificates that spec.tls names, whether there is a place for their listener or not.
	named certificates
	// own are the KIngress's listeners on the Gateway itself, by hostname: those of onGateway, and draining ones.
	own       map[string]gatewayv1.Listener
	onGateway certificates
	// foreign are the listeners of others on the Gateway that end TLS for hosts that spec.tls leaves to them.
	foreign []gatewayv1.Listener
	// sets are the listeners in ListenerSets, by the names of both: those of inSets, and draining ones.
	sets   map[string]map[string]gatewayv1.ListenerEntry
	inSets certificates
	// conflicted are shared ListenerSets for whose hostname the gateway has another listener.
	conflicted sets.Set[string]
	// unshared are ListenerSets that hosts have shared and must not any more, and whether they have
	// left: each has a listener of its own that works.
	unshared map[string]bool
	// stored tells of the ListenerSets that stand on the Gateway, holding names these and those of sets:
	// both by the hostnames of their listeners.
	stored  map[string]storedListeners
	holding map[string]sets.Set[string]
	// draining are the listeners that spec.tls does not name any more, since when.
	draining map[place]time.Time
	// requeueAfter is after how long the placement of the same input is another one; 0 is never.
	requeueAfter time.Duration
}

// place is where a listener is: its name in a ListenerSet, or with none on the Gateway.
// Listeners of several ListenerSets may have one name.
type place struct{ set, name string }

// Termination is the listener at which TLS to a host ends.
type Termination struct {
	// Hostname is the listener's.
	Hostname string
	Port     int32
	// Section is its name where it is on the Gateway; empty in a ListenerSet.
	Section gatewayv1.SectionName
	// Foreign tells that it is not the KIngress's, Programmed that the gateway says that it works, as it stands.
	Foreign, Programmed bool

	visibility v1alpha1.IngressVisibility
}

// Termination finds the most specific listener that admits a host, of two such the KIngress's.
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

// Sections are the Gateway's listeners through which hosts are reached with TLS: a foreign
// one besides the KIngress's own, which may not work yet, or not any more.
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

// Sets are the ListenerSets with a listener for one of the hosts, also where it goes now: a
// gateway that reads first that the route has left would answer 404 on a listener that is still
// there. The route leaves once it is gone.
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

// Named tells whether spec.tls names a certificate for a host, whether there is a place for its
// listener or not.
func (p *Placement) Named(host string) bool {
	_, named := p.named.of(host)
	return named
}

// overlaid tells whether a foreign listener answers for the host of a listener that does not work.
func (p *Placement) overlaid(hostname string) bool {
	_, found := p.foreignTermination(probe.Host(hostname))
	return found
}

// Uses are the listeners that routes need besides those that serve their hosts.
type Uses struct {
	// Awaited are the KIngress's that requests are redirected to as soon as they work, Foreign
	// those of others that they are redirected to.
	Awaited, Foreign []Termination
	// Gateways and ListenerSets are what routes are still attached to though they leave it.
	Gateways, ListenerSets sets.Set[string]
}

// With are both.
func (u Uses) With(more Uses) Uses {
	return Uses{Awaited: append(u.Awaited, more.Awaited...), Foreign: append(u.Foreign, more.Foreign...)}
}
