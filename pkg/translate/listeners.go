// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const (
	listenerSetKind gatewayv1.Kind = "ListenerSet"
	// maxListeners is the Gateway API's limit for one ListenerSet.
	maxListeners = 64
)

// listeners are those of the hosts of a visibility, by the ListenerSet that holds them. A
// listener stays where it is; a new one goes where room is.
type listeners struct {
	in           Input
	visibility   v1alpha1.IngressVisibility
	gateway      Gateway
	certificates certificates
	// named are all that spec.tls names, whether there is a place for their listener or not.
	named certificates
	// shares names the ListenerSets that are shared with other KIngresses.
	shares map[string]domain
	// users are the KIngresses on the Gateway with hosts of each domain, the oldest first.
	users map[domain][]*v1alpha1.Ingress
	// refused are those of them for whose hostname the gateway has another listener.
	refused sets.Set[string]
	// unshared are those that hosts have shared and may not any more, and whether they have
	// left it: each has a listener of its own that works.
	unshared map[string]bool
	// sets holds the listeners of each ListenerSet, by their name.
	sets map[string]map[string]gatewayv1.ListenerEntry
	// beside holds those that the same Gateway has for the other visibility.
	beside map[string]map[string]gatewayv1.ListenerEntry
	// unlisted are those that spec.tls does not name any more, since when.
	unlisted map[place]time.Time
	// hosts are those of the visibility; nil before somebody looks.
	hosts   *hostSet
	entries entries
	// full is how many of the KIngress's own ListenerSets have no room, from the first on.
	full int
	// again is when the next of these goes; 0 is never.
	again time.Duration

	onGateway
}

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
	// Overlaid tells that a listener of somebody else answers for the host until it works.
	Overlaid bool
}

// listenerUses are the listeners that redirects lead to.
type listenerUses struct {
	// awaited are the KIngress's that requests are redirected to as soon as they work.
	awaited []door
	// foreign are those of others that requests are redirected to.
	foreign []door
}

func (u listenerUses) with(more listenerUses) listenerUses {
	return listenerUses{awaited: append(u.awaited, more.awaited...), foreign: append(u.foreign, more.foreign...)}
}

// isOurs tells whether a ListenerSet is on the selected Gateway and named by us.
func (l *listeners) isOurs(set *gatewayv1.ListenerSet) bool {
	ref := gatewayv1.ParentReference{Namespace: set.Spec.ParentRef.Namespace, Name: set.Spec.ParentRef.Name}
	return l.gateway.Name.Name != "" && gatewayOf(ref, set.Namespace) == l.gateway.Name.String()
}

// entry is the listener of a hostname with every field that the API server would default
// written out.
func (l *listeners) entry(hostname, secret string) gatewayv1.ListenerEntry {
	return gatewayv1.ListenerEntry{
		Name:     gatewayv1.SectionName(routeName(hostname, "")),
		Hostname: new(gatewayv1.Hostname(hostname)),
		Port:     l.gateway.HTTPS.Port,
		Protocol: gatewayv1.HTTPSProtocolType,
		TLS: &gatewayv1.ListenerTLSConfig{
			Mode: new(gatewayv1.TLSModeTerminate),
			CertificateRefs: []gatewayv1.SecretObjectReference{{
				Group: new(gatewayv1.Group("")), Kind: new(gatewayv1.Kind("Secret")),
				Name: gatewayv1.ObjectName(secret),
			}},
		},
		AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSame)}},
	}
}

// setName is another one for each Gateway: a service that moves has listeners on both for
// a while.
func (l *listeners) setName(part int) string {
	digest := fmt.Sprintf("-%x", sha256.Sum256([]byte(l.gateway.Name.String())))[:9]
	return shortened(l.in.Ingress.Name, digest+partSuffix(part))
}

// objects are the ListenerSets, sorted by name.
func (l *listeners) objects() []*gatewayv1.ListenerSet {
	objects := []*gatewayv1.ListenerSet{}
	for _, name := range sortedKeys(l.sets) {
		object := &gatewayv1.ListenerSet{ObjectMeta: objectMeta(l.in.Ingress, name, listenerSet)}
		if _, shared := l.shares[name]; shared {
			object.ObjectMeta = l.sharedMeta(name)
		}
		object.Spec.ParentRef = gatewayv1.ParentGatewayReference{
			Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(gatewayv1.Kind("Gateway")),
			Namespace: new(gatewayv1.Namespace(l.gateway.Name.Namespace)), Name: gatewayv1.ObjectName(l.gateway.Name.Name),
		}
		unlisted := map[string]time.Time{}
		for _, listener := range sortedKeys(l.sets[name]) {
			object.Spec.Listeners = append(object.Spec.Listeners, l.sets[name][listener])
			if since, found := l.unlisted[place{name, listener}]; found {
				unlisted[listener] = since
			}
		}
		if len(unlisted) > 0 {
			object.Annotations[unlistedAnnotation] = encodeUnlisted(unlisted)
		}
		objects = append(objects, object)
	}
	return objects
}

// join adds what the other visibility wants of a ListenerSet.
func join(set, other *gatewayv1.ListenerSet) {
	for _, entry := range other.Spec.Listeners {
		if !slices.ContainsFunc(set.Spec.Listeners, func(known gatewayv1.ListenerEntry) bool { return known.Name == entry.Name }) {
			set.Spec.Listeners = append(set.Spec.Listeners, entry)
		}
	}
	slices.SortFunc(set.Spec.Listeners, func(a, b gatewayv1.ListenerEntry) int { return strings.Compare(string(a.Name), string(b.Name)) })
	unlisted := unlistedOf(set)
	maps.Copy(unlisted, unlistedOf(other))
	if len(unlisted) > 0 {
		set.Annotations[unlistedAnnotation] = encodeUnlisted(unlisted)
	}
	for _, owner := range other.OwnerReferences {
		if !slices.ContainsFunc(set.OwnerReferences, func(known metav1.OwnerReference) bool { return known.UID == owner.UID }) {
			set.OwnerReferences = append(set.OwnerReferences, owner)
		}
	}
}

// wanted are the listeners that spec.tls names, and those of others that requests are redirected to.
func (l *listeners) wanted(uses listenerUses) []Listener {
	found, awaited := []Listener{}, sets.New[string]()
	for _, to := range uses.awaited {
		awaited.Insert(to.hostname)
	}
	for _, set := range sortedKeys(l.sets) {
		if l.refused.Has(set) {
			continue
		}
		for _, name := range sortedKeys(l.sets[set]) {
			host := string(*l.sets[set][name].Hostname)
			if secret, listed := l.certificates[host]; listed {
				found = append(found, Listener{Visibility: l.visibility, Set: set, Name: name, Host: host, Secret: secret, Awaited: awaited.Has(host), Overlaid: l.overlaid(host)})
			}
		}
	}
	for _, hostname := range sortedKeys(l.lent) {
		found = append(found, Listener{Visibility: l.visibility, Name: string(l.own[hostname].Name), Host: hostname, Secret: l.lent[hostname], Awaited: awaited.Has(hostname), Overlaid: l.overlaid(hostname)})
	}
	foreign := map[gatewayv1.SectionName]string{}
	for _, to := range uses.foreign {
		foreign[to.section] = to.hostname
	}
	for _, name := range sortedKeys(foreign) {
		found = append(found, Listener{Visibility: l.visibility, Name: string(name), Host: foreign[name]})
	}
	return found
}
