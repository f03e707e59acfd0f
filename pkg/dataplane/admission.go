// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Tenant is a namespace that uses a Gateway.
type Tenant struct {
	Namespace string
	Labels    map[string]string
}

// attaches tells whether HTTPRoutes of the namespace can be attached to a listener of the
// Gateway. Probes, redirects and TLS all go by it.
func (t Tenant) attaches(listener gatewayv1.Listener, gateway *gatewayv1.Gateway) bool {
	return admitsKind(listener) && admitsNamespace(routeNamespaces(listener), gateway, t)
}

// Admits tells whether a listener's hostname admits a host, by the rules of the Gateway API: an empty hostname admits
// all hosts, a wildcard any number of labels in front of its suffix. Letter case does not matter.
func Admits(hostname, host string) bool {
	suffix, wildcard := strings.CutPrefix(hostname, "*")
	if !wildcard {
		return hostname == "" || strings.EqualFold(hostname, host)
	}
	labels := len(host) - len(suffix)
	return labels > 0 && strings.EqualFold(host[labels:], suffix)
}

// Specificity orders the hostnames of listeners that admit the same host: the largest is the most specific.
func Specificity(hostname string) int {
	if hostname == "" || strings.HasPrefix(hostname, "*") {
		return len(hostname)
	}
	return len(hostname) + 1 // a host of one more letter than the wildcard's suffix
}

// HostnameOf is the hostname of a listener; empty where it has none.
func HostnameOf(listener gatewayv1.Listener) string {
	if listener.Hostname == nil {
		return ""
	}
	return string(*listener.Hostname)
}

func admitsKind(listener gatewayv1.Listener) bool {
	return listener.AllowedRoutes == nil || len(listener.AllowedRoutes.Kinds) == 0 ||
		slices.ContainsFunc(listener.AllowedRoutes.Kinds, func(kind gatewayv1.RouteGroupKind) bool {
			return kind.Kind == "HTTPRoute" && (kind.Group == nil || *kind.Group == gatewayv1.GroupName)
		})
}

// routeNamespaces are those whose routes a listener admits; by default its Gateway's own.
func routeNamespaces(listener gatewayv1.Listener) gatewayv1.RouteNamespaces {
	if allowed := listener.AllowedRoutes; allowed != nil && allowed.Namespaces != nil {
		return *allowed.Namespaces
	}
	return gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSame)}
}

// admitsNamespace tells whether rules admit a namespace. As in the Gateway API, rules without `from` admit none.
func admitsNamespace(rules gatewayv1.RouteNamespaces, gateway *gatewayv1.Gateway, tenant Tenant) bool {
	if rules.From == nil {
		return false
	}
	switch *rules.From {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSame:
		return tenant.Namespace == gateway.Namespace
	case gatewayv1.NamespacesFromSelector:
		if rules.Selector == nil {
			return false
		}
		selector, err := metav1.LabelSelectorAsSelector(rules.Selector)
		return err == nil && selector.Matches(labels.Set(tenant.Labels))
	}
	return false
}

// described is the rules in words, for a message.
func described(rules gatewayv1.RouteNamespaces) string {
	switch {
	case rules.From == nil:
		return "empty"
	case *rules.From == gatewayv1.NamespacesFromSelector && rules.Selector != nil:
		return fmt.Sprintf("from: Selector %q", metav1.FormatLabelSelector(rules.Selector))
	}
	return "from: " + string(*rules.From)
}
