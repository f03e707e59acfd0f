// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Listener is a listener that a host needs, for those who look at how it does.
type Listener struct {
	Visibility v1alpha1.IngressVisibility
	// Set is the ListenerSet that holds it, empty for the Gateway itself, and Name its name
	// in there.
	Set, Name string
	// Host is its hostname, and Secret the name of its certificate; empty where that is not
	// the KIngress's.
	Host, Secret string
	// Awaited tells that requests are redirected to it as soon as it works.
	Awaited bool
	// Overlaid tells that a foreign listener answers for the host until it works.
	Overlaid bool
}

// listeners are those that spec.tls names, and the foreign ones that requests are redirected to.
func (p *placement) listeners(uses listenerUses) []Listener {
	found, awaited, foreign := []Listener{}, sets.New[string](), map[gatewayv1.SectionName]string{}
	for _, to := range uses.awaited {
		if to.visibility == p.visibility {
			awaited.Insert(to.hostname)
		}
	}
	for _, to := range uses.foreign {
		if to.visibility == p.visibility {
			foreign[to.section] = to.hostname
		}
	}
	add := func(set, name, host, secret string) {
		found = append(found, Listener{Visibility: p.visibility, Set: set, Name: name, Host: host, Secret: secret, Awaited: awaited.Has(host), Overlaid: p.overlaid(host)})
	}
	for _, set := range slices.Sorted(maps.Keys(p.sets)) {
		for _, name := range slices.Sorted(maps.Keys(p.sets[set])) {
			host := string(*p.sets[set][name].Hostname)
			if secret := p.inSets[host]; secret != "" && !p.conflicted.Has(set) {
				add(set, name, host, secret)
			}
		}
	}
	for _, hostname := range slices.Sorted(maps.Keys(p.onGateway)) {
		add("", string(p.own[hostname].Name), hostname, p.onGateway[hostname])
	}
	for _, name := range slices.Sorted(maps.Keys(foreign)) {
		found = append(found, Listener{Visibility: p.visibility, Name: string(name), Host: foreign[name]})
	}
	return found
}
