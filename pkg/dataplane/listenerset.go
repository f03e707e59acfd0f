// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const defaultHTTPSPort = 443

// NotAdmitted says what to change of a Gateway that does not admit ListenerSets of a
// namespace with these labels; it is empty when it does.
func NotAdmitted(gateway *gatewayv1.Gateway, namespace string, namespaceLabels map[string]string) string {
	// Without allowedListeners none are admitted.
	if allowed := gateway.Spec.AllowedListeners; allowed != nil && allowed.Namespaces != nil {
		rules := gatewayv1.RouteNamespaces{From: allowed.Namespaces.From, Selector: allowed.Namespaces.Selector}
		if admitsNamespace(rules, gateway, tenant{namespace, namespaceLabels}) {
			return ""
		}
	}
	return fmt.Sprintf("set spec.allowedListeners of Gateway %s/%s so that it admits ListenerSets of namespace %s", gateway.Namespace, gateway.Name, namespace)
}

// tenant is a namespace that wants something of a Gateway.
type tenant struct {
	name   string
	labels map[string]string
}

// admitsNamespace follows the Gateway API: what is not said is refused.
func admitsNamespace(rules gatewayv1.RouteNamespaces, gateway *gatewayv1.Gateway, namespace tenant) bool {
	if rules.From == nil {
		return false
	}
	switch *rules.From {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSame:
		return namespace.name == gateway.Namespace
	case gatewayv1.NamespacesFromSelector:
		if rules.Selector == nil {
			return false
		}
		selector, err := metav1.LabelSelectorAsSelector(rules.Selector)
		return err == nil && selector.Matches(labels.Set(namespace.labels))
	}
	return false
}

// HTTPListeners are the names of the Gateway's listeners that speak plain HTTP, in its
// order; of these a given section alone.
func HTTPListeners(gateway *gatewayv1.Gateway, section string) []string {
	names := []string{}
	for _, listener := range gateway.Spec.Listeners {
		if listener.Protocol == gatewayv1.HTTPProtocolType && (section == "" || section == string(listener.Name)) {
			names = append(names, string(listener.Name))
		}
	}
	return names
}
