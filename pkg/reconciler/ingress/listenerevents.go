// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// onGateway is a listener of a Gateway with its conditions.
type onGateway struct {
	spec       *gatewayv1.Listener // nil if it is not there
	conditions []metav1.Condition
	// current tells that the conditions are for the present generation of the Gateway.
	current bool
}

// onGatewayOf are the listeners of a Gateway, by name.
func onGatewayOf(gateway *gatewayv1.Gateway) map[gatewayv1.SectionName]onGateway {
	found := map[gatewayv1.SectionName]onGateway{}
	for _, reported := range gateway.Status.Listeners {
		current := len(reported.Conditions) > 0
		for _, condition := range reported.Conditions {
			current = current && condition.ObservedGeneration >= gateway.Generation
		}
		found[reported.Name] = onGateway{conditions: reported.Conditions, current: current}
	}
	for i, listener := range gateway.Spec.Listeners {
		at := found[listener.Name]
		at.spec = &gateway.Spec.Listeners[i]
		found[listener.Name] = at
	}
	return found
}

// listeners enqueues the KIngresses that a change of a Gateway's listeners concerns. Each KIngress that
// adds a listener changes the generation of the Gateway, and the gateway then writes all conditions anew:
// that concerns only the KIngresses that wait for it.
func (e *clusterEvents) listeners(before, gateway *gatewayv1.Gateway) {
	name := apply.NameOf(gateway)
	old, new, allUsers, https, pending := onGatewayOf(before), onGatewayOf(gateway), false, false, false
	for section := range sets.KeySet(old).Union(sets.KeySet(new)) {
		change := listenerChange{old[section], new[section]}
		switch theirs := dataplane.ListenerOwner(section) == ""; {
		case change.plain():
		case theirs:
			https = https || change.written() || change.conditionsChanged()
			pending = pending || change.becameCurrent()
		default:
			allUsers = allUsers || change.isOfWildcard()
			https = https || change.makesRoom()
			e.ownListener(section, change)
		}
	}
	switch {
	case allUsers:
		e.users(name)
	case https:
		e.look("listeners of Gateway "+name.String(), func(ing *v1alpha1.Ingress) bool { return observe.WantsHTTPS(ing) && e.r.usesGateway(ing, name) })
	case pending:
		e.look("status of Gateway "+name.String(), func(ing *v1alpha1.Ingress) bool { return e.r.pending.has(ing.UID) && e.r.usesGateway(ing, name) })
	}
}

// ownListener enqueues the KIngress for which a listener was added to a Gateway, and those with its host.
func (e *clusterEvents) ownListener(section gatewayv1.SectionName, change listenerChange) {
	concerned := e.by(byListener, dataplane.ListenerOwner(section))
	for _, state := range []onGateway{change.was, change.is} {
		if state.spec != nil && state.spec.Hostname != nil {
			concerned = append(concerned, e.by(byHost, string(*state.spec.Hostname))...)
		}
	}
	for _, object := range concerned {
		ing := object.(*v1alpha1.Ingress)
		if change.conditionsChanged() || change.undone() || change.becameCurrent() && e.r.pending.has(ing.UID) {
			e.impl.EnqueueKey(apply.NameOf(ing))
		}
	}
}

// listenerChange is a change of a listener of a Gateway.
type listenerChange struct{ was, is onGateway }

// plain tells that the listener is not for HTTPS, and was not.
func (c listenerChange) plain() bool {
	return (c.was.spec == nil || c.was.spec.Protocol == gatewayv1.HTTPProtocolType) && (c.is.spec == nil || c.is.spec.Protocol == gatewayv1.HTTPProtocolType)
}

func (c listenerChange) written() bool { return !equality.Semantic.DeepEqual(c.was.spec, c.is.spec) }

// undone tells that a listener that was there has changed, or is removed.
func (c listenerChange) undone() bool { return c.written() && c.was.spec != nil }

// isOfWildcard tells that the listener may admit hosts of other KIngresses.
func (c listenerChange) isOfWildcard() bool {
	return c.written() && (isWildcard(c.was.spec) || isWildcard(c.is.spec))
}

// makesRoom tells that there is room for another listener.
func (c listenerChange) makesRoom() bool { return c.written() && c.is.spec == nil }

// conditionsChanged tells that the gateway reports other conditions.
func (c listenerChange) conditionsChanged() bool {
	return !sameConditions(c.was.conditions, c.is.conditions)
}

// becameCurrent tells that the conditions are for the present generation of the Gateway now, and were not
// before. That they are outdated after another listener was written does not count: a KIngress that waits
// for them goes on to wait.
func (c listenerChange) becameCurrent() bool { return !c.was.current && c.is.current }

func isWildcard(listener *gatewayv1.Listener) bool {
	return listener != nil && listener.Hostname != nil && strings.HasPrefix(string(*listener.Hostname), "*")
}

// listenerOwner is the value of the index byListener.
func listenerOwner(ing *v1alpha1.Ingress) sets.Set[string] {
	if !observe.WantsHTTPS(ing) {
		return nil
	}
	return sets.New(dataplane.ListenerDigest(ing.UID))
}

// pendingListeners has the KIngresses with a listener that the gateway does not report as working. A
// reconcile adds its KIngress at the beginning, before it finds out. It is a cache: a new leader
// reconciles all KIngresses.
type pendingListeners struct {
	mu    sync.Mutex
	known sets.Set[types.UID]
}

func newPendingListeners() *pendingListeners { return &pendingListeners{known: sets.New[types.UID]()} }

func (u *pendingListeners) set(uid types.UID, is bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if is {
		u.known.Insert(uid)
	} else {
		u.known.Delete(uid)
	}
}

func (u *pendingListeners) has(uid types.UID) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.known.Has(uid)
}

// update records whether there is a listener that does not work and that the KIngress needs, or that may
// serve one of its hosts.
func (u *pendingListeners) update(seen *observe.Observation, sides []status.Side) {
	pending := slices.ContainsFunc(sides, func(side status.Side) bool {
		return slices.ContainsFunc(side.Listeners, func(listener status.Listener) bool { return !listener.Programmed() })
	})
	for _, gateway := range seen.Gateways {
		for _, at := range onGatewayOf(gateway) {
			pending = pending || at.spec != nil && at.spec.Protocol != gatewayv1.HTTPProtocolType && !at.current && hasHost(seen.Ingress, dataplane.HostnameOf(*at.spec))
		}
	}
	u.set(seen.Ingress.UID, pending)
}

// hasHost tells whether a listener with a hostname admits one of the KIngress's hosts.
func hasHost(ing *v1alpha1.Ingress, hostname string) bool {
	return slices.ContainsFunc(ing.Spec.Rules, func(rule v1alpha1.IngressRule) bool {
		return slices.ContainsFunc(rule.Hosts, func(host string) bool { return dataplane.Admits(hostname, host) })
	})
}
