// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// Listener is a listener that a host needs. The status of a KIngress depends on it.
type Listener struct {
	Visibility v1alpha1.IngressVisibility
	// Set is the ListenerSet that has it, empty if it is on the Gateway itself. Name is its name there.
	Set, Name string
	// Host is its hostname, and Secret the name of its certificate; empty if it is a foreign one.
	Host, Secret string
	// Awaited tells that requests are redirected to it as soon as it works.
	Awaited bool
	// Overlaid tells that a foreign listener answers for the host until it works.
	Overlaid bool
}

// Finished has the objects with the listeners of a KIngress.
type Finished struct {
	ListenerSets []*gatewayv1.ListenerSet
	Gateways     []GatewayListeners
	// Grants let the Gateways read the certificates of their listeners.
	Grants []*gatewayv1beta1.ReferenceGrant
	// Listeners are those of the hosts in spec.tls, wherever they are.
	Listeners []Listener
}

// Finish makes the objects of the plan. It adds the stored listeners that routes still need on Gateways
// that they leave.
func (p Plan) Finish(in input.Input, uses Uses) Finished {
	found := Finished{
		ListenerSets: slices.Concat(p.listenerSets, p.preserved(in, uses.ListenerSets)),
		Gateways:     p.gatewayListeners(in, uses.Gateways),
	}
	found.Grants = p.grants(in, found.Gateways)
	for _, visibility := range config.Visibilities {
		found.Listeners = append(found.Listeners, p.at[visibility].listeners(uses)...)
	}
	return found
}

// preserved are the stored ListenerSets through which routes are still attached to Gateways that they
// leave.
func (p Plan) preserved(in input.Input, used sets.Set[string]) []*gatewayv1.ListenerSet {
	found := []*gatewayv1.ListenerSet{}
	for _, name := range sets.List(used) {
		stored := in.ListenerSets[name]
		if stored == nil || slices.ContainsFunc(p.listenerSets, func(planned *gatewayv1.ListenerSet) bool { return planned.Name == name }) {
			continue
		}
		object := &gatewayv1.ListenerSet{ObjectMeta: names.OfListenerSet(in.Ingress, name)}
		if !isOwn(stored) {
			object.ObjectMeta = metav1.ObjectMeta{Namespace: stored.Namespace, Name: name, Labels: stored.Labels, OwnerReferences: stored.OwnerReferences}
		}
		stored.Spec.DeepCopyInto(&object.Spec)
		names.KeepFromCertManager(object)
		found = append(found, object)
	}
	return found
}

// gatewayListeners are the KIngress's listeners on Gateways: the planned ones, and the stored ones on
// Gateways that routes are still leaving. For other Gateways with listeners of the KIngress it has an
// empty list, so that these are removed.
func (p Plan) gatewayListeners(in input.Input, leaving sets.Set[string]) []GatewayListeners {
	wanted := map[types.NamespacedName]map[gatewayv1.SectionName]gatewayv1.Listener{}
	for gateway, available := range in.AvailableListeners {
		if available.Held.Len() == 0 {
			continue
		}
		wanted[gateway] = map[gatewayv1.SectionName]gatewayv1.Listener{}
		for _, listener := range available.Listeners {
			if leaving.Has(gateway.String()) && available.Held.Has(listener.Name) {
				wanted[gateway][listener.Name] = dataplane.OwnFields(listener)
			}
		}
	}
	for _, visibility := range config.Visibilities {
		gateway := p.at[visibility].gateway.Name
		for _, listener := range p.at[visibility].own {
			if wanted[gateway] == nil {
				wanted[gateway] = map[gatewayv1.SectionName]gatewayv1.Listener{}
			}
			wanted[gateway][listener.Name] = listener
		}
	}
	found := []GatewayListeners{}
	for gateway, named := range wanted {
		listeners := GatewayListeners{Gateway: gateway}
		for _, name := range slices.Sorted(maps.Keys(named)) {
			listeners.Listeners = append(listeners.Listeners, named[name])
		}
		found = append(found, listeners)
	}
	slices.SortFunc(found, func(a, b GatewayListeners) int { return strings.Compare(a.Gateway.String(), b.Gateway.String()) })
	return found
}

// listeners are those of the hosts in spec.tls, and the foreign ones to which requests are redirected.
func (p *Placement) listeners(uses Uses) []Listener {
	if len(p.sets)+len(p.onGateway)+len(uses.Foreign) == 0 {
		return nil
	}
	found, awaited, foreign := []Listener{}, sets.New[string](), map[gatewayv1.SectionName]string{}
	for _, to := range uses.Awaited {
		if to.visibility == p.visibility {
			awaited.Insert(to.Hostname)
		}
	}
	for _, to := range uses.Foreign {
		if to.visibility == p.visibility {
			foreign[to.Section] = to.Hostname
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
