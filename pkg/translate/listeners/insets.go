// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
)

// placeInSets gives each listener that is not on the Gateway its place in a ListenerSet. A stored
// listener stays in its ListenerSet; a new one goes into the first with room.
func (p *planner) placeInSets(wanted certificates) {
	if len(wanted) == 0 && len(p.in.ListenerSets) == 0 {
		return
	}
	p.sets, p.shared, p.hostsOf = map[string]map[string]gatewayv1.ListenerEntry{}, map[string]domain{}, map[*v1alpha1.Ingress]*hostSet{}
	p.stored, p.conflicted, p.unshared = storedOn(p.gateway, p.in.ListenerSets), sets.New[string](), map[string]bool{}
	p.inSets = p.share(wanted)
	homes := p.homes()
	added := []gatewayv1.ListenerEntry{}
	for _, hostname := range slices.Sorted(maps.Keys(p.inSets)) {
		entry := p.entry(hostname, p.inSets[hostname])
		home, placed := homes[hostname]
		if _, shared := p.shared[home]; shared {
			continue // putShared has put it there
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
	p.findHolding()
}

// findHolding names the ListenerSets that have a listener of each hostname, or are to have one.
func (p *planner) findHolding() {
	p.holding = map[string]sets.Set[string]{}
	for hostname, stored := range p.stored {
		p.holding[hostname] = sets.New(stored.sets...)
	}
	for name, listeners := range p.sets {
		for _, entry := range listeners {
			hostname := string(*entry.Hostname)
			if p.holding[hostname] == nil {
				p.holding[hostname] = sets.New[string]()
			}
			p.holding[hostname].Insert(name)
		}
	}
}

// homes has the ListenerSet with the listener of each hostname; the shared one comes first. Draining
// listeners stay in theirs for a while.
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
		since := drainingOf(set)
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

// room is the first of the KIngress's own ListenerSets with room for a listener and without one of the
// same name: *.example.com and example.com.wildcard have the same.
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

// objects are the ListenerSets of the visibility, sorted by name.
func (p *planner) objects() []*gatewayv1.ListenerSet {
	if len(p.sets) == 0 {
		return nil
	}
	objects := make([]*gatewayv1.ListenerSet, 0, len(p.sets))
	for _, name := range slices.Sorted(maps.Keys(p.sets)) {
		object := &gatewayv1.ListenerSet{ObjectMeta: names.OfListenerSet(p.in.Ingress, name)}
		if of, shared := p.shared[name]; shared {
			object.ObjectMeta = sharedMeta(p.in, name, p.users[of])
		}
		object.Spec.ParentRef = gatewayv1.ParentGatewayReference{
			Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(gatewayv1.Kind("Gateway")),
			Namespace: new(gatewayv1.Namespace(p.gateway.Name.Namespace)), Name: gatewayv1.ObjectName(p.gateway.Name.Name),
		}
		draining := map[string]time.Time{}
		for _, listener := range slices.Sorted(maps.Keys(p.sets[name])) {
			object.Spec.Listeners = append(object.Spec.Listeners, p.sets[name][listener])
			if since, found := p.draining[place{name, listener}]; found {
				draining[listener] = since
			}
		}
		if len(draining) > 0 {
			object.Annotations[names.DrainingAnnotation] = encodeDraining(draining)
		}
		objects = append(objects, object)
	}
	return objects
}

// sharedMeta is the metadata of a shared ListenerSet. It is the same whichever of its users writes it.
func sharedMeta(in input.Input, name string, users []*v1alpha1.Ingress) metav1.ObjectMeta {
	meta := metav1.ObjectMeta{
		Namespace: in.Ingress.Namespace, Name: name,
		Labels: map[string]string{networking.IngressLabelKey: ""},
	}
	for _, user := range users[:min(len(users), MaxOwners)] {
		meta.OwnerReferences = append(meta.OwnerReferences, metav1.OwnerReference{
			APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "Ingress", Name: user.Name, UID: user.UID,
		})
	}
	if space := in.Namespace; space != nil && len(users) > MaxOwners {
		meta.OwnerReferences = append(meta.OwnerReferences, metav1.OwnerReference{
			APIVersion: corev1.SchemeGroupVersion.String(), Kind: "Namespace", Name: space.GetName(), UID: space.GetUID(),
		})
	}
	return meta
}

// joined adds the ListenerSets of the other visibility, which may have the same Gateway.
func joined(objects, others []*gatewayv1.ListenerSet) []*gatewayv1.ListenerSet {
	for _, other := range others {
		at := slices.IndexFunc(objects, func(object *gatewayv1.ListenerSet) bool { return object.Name == other.Name })
		if at < 0 {
			objects = append(objects, other)
			continue
		}
		join(objects[at], other)
	}
	return objects
}

// join adds the listeners and owners of the other visibility to a ListenerSet.
func join(set, other *gatewayv1.ListenerSet) {
	for _, entry := range other.Spec.Listeners {
		if !slices.ContainsFunc(set.Spec.Listeners, func(known gatewayv1.ListenerEntry) bool { return known.Name == entry.Name }) {
			set.Spec.Listeners = append(set.Spec.Listeners, entry)
		}
	}
	slices.SortFunc(set.Spec.Listeners, func(a, b gatewayv1.ListenerEntry) int { return strings.Compare(string(a.Name), string(b.Name)) })
	draining := drainingOf(set)
	maps.Copy(draining, drainingOf(other))
	if len(draining) > 0 {
		set.Annotations[names.DrainingAnnotation] = encodeDraining(draining)
	}
	for _, owner := range other.OwnerReferences {
		if !slices.ContainsFunc(set.OwnerReferences, func(known metav1.OwnerReference) bool { return known.UID == owner.UID }) {
			set.OwnerReferences = append(set.OwnerReferences, owner)
		}
	}
}
