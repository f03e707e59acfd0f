// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// GatewayListeners are the listeners that a KIngress should have on a Gateway, sorted by
// name. Without any it leaves the Gateway.
type GatewayListeners struct {
	Gateway   types.NamespacedName
	Listeners []gatewayv1.Listener
}

// listenerUses are the listeners that routes need besides those that serve their hosts.
type listenerUses struct {
	// awaited are the KIngress's that requests are redirected to as soon as they work, foreign
	// those of others that they are redirected to.
	awaited, foreign []termination
	// gateways and listenerSets are what routes are still attached to though they leave it.
	gateways, listenerSets sets.Set[string]
}

func (u listenerUses) with(more listenerUses) listenerUses {
	return listenerUses{awaited: append(u.awaited, more.awaited...), foreign: append(u.foreign, more.foreign...)}
}

// leaving adds what routes are still attached to.
func (u listenerUses) leaving(routes []Route) listenerUses {
	u.gateways, u.listenerSets = sets.New[string](), sets.New[string]()
	for _, route := range routes {
		u.gateways.Insert(route.Leaving...)
		for _, ref := range route.Object.Spec.ParentRefs[route.own:] {
			if dataplane.IsListenerSet(ref) {
				u.listenerSets.Insert(string(ref.Name))
			}
		}
	}
	return u
}

// listenerObjects are what the listeners of a KIngress are written to.
type listenerObjects struct {
	listenerSets []*gatewayv1.ListenerSet
	gateways     []GatewayListeners
	grants       []*gatewayv1beta1.ReferenceGrant
	listeners    []Listener
}

// finish adds to the plan what routes still need of the Gateways that they leave, as it stands.
func (p listenerPlan) finish(in Input, uses listenerUses) listenerObjects {
	objects := listenerObjects{
		listenerSets: slices.Concat(p.listenerSets, p.preserved(in, uses.listenerSets)),
		gateways:     p.gatewayListeners(in, uses.gateways),
	}
	objects.grants = p.grants(in, objects.gateways)
	for _, visibility := range config.Visibilities {
		objects.listeners = append(objects.listeners, p.at[visibility].listeners(uses)...)
	}
	return objects
}

// preserved are the ListenerSets through which routes are still attached to Gateways that they leave.
func (p listenerPlan) preserved(in Input, used sets.Set[string]) []*gatewayv1.ListenerSet {
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

// gatewayListeners are the KIngress's listeners on Gateways: those of the hosts, and as they stand
// those on Gateways that routes are still leaving. On others where it has listeners it has none any more.
func (p listenerPlan) gatewayListeners(in Input, leaving sets.Set[string]) []GatewayListeners {
	wanted := map[types.NamespacedName]map[gatewayv1.SectionName]gatewayv1.Listener{}
	for gateway, standing := range in.Standing {
		if standing.Held.Len() == 0 {
			continue
		}
		wanted[gateway] = map[gatewayv1.SectionName]gatewayv1.Listener{}
		for _, listener := range standing.Listeners {
			if leaving.Has(gateway.String()) && standing.Held.Has(listener.Name) {
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
