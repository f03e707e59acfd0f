// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"iter"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// entries say what ListenerSets have for hostnames, the KIngress's own and those that it shares.
type entries struct {
	// sets names those that have a listener, as they stand on the Gateway or are to.
	sets  map[string]sets.Set[string]
	works map[string]worksOf
	// hosts are those of the users of a domain that were looked at.
	hosts map[*v1alpha1.Ingress]*hostSet
}

// worksOf tells of a hostname that a listener works, as it stands, that one which is not shared does, and that there is such
// a one.
type worksOf struct{ any, own, stands bool }

// serving tells whether the Gateway says of the listener that has a host's certificate
// that it works, as it stands.
func (l *listeners) serving(hostname string) bool { return l.working()[hostname].any }

func (l *listeners) working() map[string]worksOf {
	if l.entries.works != nil {
		return l.entries.works
	}
	l.entries.works = map[string]worksOf{}
	for _, set := range l.in.ListenerSets {
		if !l.isOurs(set) {
			continue
		}
		programmed, shared := programmedIn(set), isShared(set)
		for hostname, entry := range byHostname(set.Spec.Listeners) {
			known, works := l.entries.works[hostname], programmed.Has(entry.Name)
			l.entries.works[hostname] = worksOf{any: known.any || works, own: known.own || works && !shared, stands: known.stands || !shared}
		}
	}
	return l.entries.works
}

// parents are the ListenerSets with a listener for one of the hosts, also where it goes now:
// a gateway that reads first that the route has left would answer 404 on a listener that is
// still there. The route leaves once it is gone.
func (l *listeners) parents(hosts []string) []gatewayv1.ParentReference {
	refs, found, holding := []gatewayv1.ParentReference{}, sets.New[string](), l.holding()
	if len(holding) == 0 {
		return refs
	}
	for _, host := range hosts {
		for hostname := range admitting(host) {
			found.Insert(holding[hostname].UnsortedList()...)
		}
	}
	for _, name := range sets.List(found) {
		if !l.unshared[name] && !l.refused.Has(name) {
			refs = append(refs, gatewayv1.ParentReference{
				Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(listenerSetKind),
				Namespace: new(gatewayv1.Namespace(l.in.Ingress.Namespace)), Name: gatewayv1.ObjectName(name),
			})
		}
	}
	return refs
}

// holding names the ListenerSets that have a listener for a hostname.
func (l *listeners) holding() map[string]sets.Set[string] {
	if l.entries.sets != nil {
		return l.entries.sets
	}
	l.entries.sets = map[string]sets.Set[string]{}
	note := func(hostname, set string) {
		if l.entries.sets[hostname] == nil {
			l.entries.sets[hostname] = sets.New[string]()
		}
		l.entries.sets[hostname].Insert(set)
	}
	for name, wanted := range l.sets {
		for _, entry := range wanted {
			note(string(*entry.Hostname), name)
		}
	}
	for name, stored := range l.in.ListenerSets {
		if l.isOurs(stored) {
			for hostname := range byHostname(stored.Spec.Listeners) {
				note(hostname, name)
			}
		}
	}
	return l.entries.sets
}

// byHostname are the listeners that have a hostname, by it.
func byHostname(listeners []gatewayv1.ListenerEntry) iter.Seq2[string, gatewayv1.ListenerEntry] {
	return func(yield func(string, gatewayv1.ListenerEntry) bool) {
		for _, entry := range listeners {
			if entry.Hostname != nil && !yield(string(*entry.Hostname), entry) {
				return
			}
		}
	}
}

// programmedIn are the listeners that work, as the ListenerSet stands.
func programmedIn(set *gatewayv1.ListenerSet) sets.Set[gatewayv1.SectionName] {
	works, known := sets.New[gatewayv1.SectionName](), sets.New[gatewayv1.SectionName]()
	if set == nil {
		return works
	}
	for _, status := range set.Status.Listeners {
		condition := meta.FindStatusCondition(status.Conditions, string(gatewayv1.ListenerEntryConditionProgrammed))
		if condition == nil || known.Has(status.Name) {
			continue
		}
		known.Insert(status.Name)
		if condition.Status == metav1.ConditionTrue && condition.ObservedGeneration >= set.Generation {
			works.Insert(status.Name)
		}
	}
	return works
}
