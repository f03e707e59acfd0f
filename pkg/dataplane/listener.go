// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Attachment is how HTTPRoutes of a namespace are attached to a Gateway.
type Attachment struct {
	Gateway *gatewayv1.Gateway
	// Section is the only listener to attach to; empty is all that admit the routes.
	Section string
	Tenant  Tenant
	// Port is the one that clients connect to, if it is known; 0 for the listener's.
	Port int32
}

// Listener is where a host is served.
type Listener struct {
	Name string
	// Port is the one that clients connect to, if it is known; else the listener's.
	Port int32
	// TLS tells that clients speak TLS, with the host as SNI.
	TLS bool
}

// ListenerFor finds the listener through which a host is probed. If none admits the host and HTTPRoutes of
// the namespace, refusal tells which field to change, and the listener that needs the least change is returned
// all the same, because the gateway decides; its port is 0 if there is none at all. One on the clients' port
// comes first, plain HTTP before HTTPS, then the Gateway's order counts.
func (a Attachment) ListenerFor(host string) (found Listener, refusal string) {
	candidates := a.listeners()
	if len(candidates) == 0 {
		return Listener{}, a.nothing()
	}
	closest := slices.MinFunc(candidates, func(x, y gatewayv1.Listener) int {
		return cmp.Or(
			first(Admits(HostnameOf(x), host), Admits(HostnameOf(y), host)),
			first(a.Tenant.attaches(x, a.Gateway), a.Tenant.attaches(y, a.Gateway)),
			first(x.Port == a.Port, y.Port == a.Port),
			first(x.Protocol == gatewayv1.HTTPProtocolType, y.Protocol == gatewayv1.HTTPProtocolType))
	})
	found = Listener{Name: string(closest.Name), Port: closest.Port, TLS: closest.Protocol == gatewayv1.HTTPSProtocolType}
	return found, cmp.Or(a.refusal(closest, host), a.elsewhere(closest))
}

// refusal says why a listener does not serve a host; it is empty when it does.
func (a Attachment) refusal(listener gatewayv1.Listener, host string) string {
	at := fmt.Sprintf("spec.listeners[%s]", listener.Name)
	switch {
	case !Admits(HostnameOf(listener), host):
		return fmt.Sprintf("no listener of Gateway %s admits host %s: change %s.hostname, which is %s, or add a listener", a.name(), host, at, *listener.Hostname)
	case !admitsKind(listener):
		return fmt.Sprintf("no listener of Gateway %s for host %s admits HTTPRoutes: add kind HTTPRoute to %s.allowedRoutes.kinds", a.name(), host, at)
	case !admitsNamespace(routeNamespaces(listener), a.Gateway, a.Tenant):
		return fmt.Sprintf("no listener of Gateway %s for host %s admits HTTPRoutes of namespace %s: change %s.allowedRoutes.namespaces, which is %s",
			a.name(), host, a.Tenant.Namespace, at, described(routeNamespaces(listener)))
	}
	return ""
}

// elsewhere says what to change where another listener has the port that clients connect to. (The Service
// may lead from that port to this listener all the same, which an answer shows.)
func (a Attachment) elsewhere(listener gatewayv1.Listener) string {
	at := slices.IndexFunc(a.Gateway.Spec.Listeners, func(other gatewayv1.Listener) bool {
		return other.Port == a.Port && other.Protocol == listener.Protocol
	})
	if a.Port == 0 || listener.Port == a.Port || at < 0 {
		return ""
	}
	change := fmt.Sprintf("change spec.listeners[%s].allowedRoutes or hostname", a.Gateway.Spec.Listeners[at].Name)
	if a.Section != "" {
		change = "change `http-listener-name`"
	}
	return fmt.Sprintf("callers in the cluster come to port %d of Gateway %s, where listener %s listens, and the route is attached to listener %s: %s",
		a.Port, a.name(), a.Gateway.Spec.Listeners[at].Name, listener.Name, change)
}

// nothing says what to add to a Gateway without a listener to which an HTTPRoute can be attached.
func (a Attachment) nothing() string {
	if a.Section != "" {
		return fmt.Sprintf("Gateway %s has no listener %q that speaks HTTP or terminates TLS: add it to spec.listeners, or change `http-listener-name`", a.name(), a.Section)
	}
	return fmt.Sprintf("Gateway %s has no listener that speaks HTTP or terminates TLS: add one to spec.listeners", a.name())
}

func (a Attachment) name() string { return a.Gateway.Namespace + "/" + a.Gateway.Name }

// HTTPListeners are the names of the listeners that speak plain HTTP and admit the routes, in
// the Gateway's order. If none admits them, it returns all that speak plain HTTP: the route stays
// attached to these, and the gateway reports why it refuses the route.
func (a Attachment) HTTPListeners() []string {
	admitting, all := []string{}, []string{}
	for _, listener := range a.listeners() {
		if listener.Protocol != gatewayv1.HTTPProtocolType {
			continue
		}
		all = append(all, string(listener.Name))
		if a.Tenant.attaches(listener, a.Gateway) {
			admitting = append(admitting, string(listener.Name))
		}
	}
	if len(admitting) == 0 {
		return all
	}
	return admitting
}

// HasPort tells whether a listener has that port.
func (a Attachment) HasPort(port int32) bool {
	return slices.ContainsFunc(a.listeners(), func(listener gatewayv1.Listener) bool { return listener.Port == port })
}

// listeners are those to which an HTTPRoute can be attached; only that of Section, if there is one.
func (a Attachment) listeners() []gatewayv1.Listener {
	return slices.DeleteFunc(slices.Clone(a.Gateway.Spec.Listeners), func(listener gatewayv1.Listener) bool {
		speaks := listener.Protocol == gatewayv1.HTTPProtocolType || terminates(listener)
		return !speaks || a.Section != "" && a.Section != string(listener.Name)
	})
}
