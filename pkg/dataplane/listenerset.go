// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const defaultHTTPSPort = 443

// ListenerSets is the port of HTTPS listeners that ListenerSets of a namespace with these
// labels may add to the Gateway: that of its own HTTPS listeners, else 443. Where the
// Gateway does not admit them it is 0, and refusal says what to change.
func ListenerSets(gateway *gatewayv1.Gateway, namespace string, namespaceLabels map[string]string) (port int32, refusal string) {
	if !admitsListeners(gateway, namespace, namespaceLabels) {
		return 0, fmt.Sprintf("set spec.allowedListeners of Gateway %s/%s so that it admits ListenerSets of namespace %s", gateway.Namespace, gateway.Name, namespace)
	}
	for _, listener := range gateway.Spec.Listeners {
		if listener.Protocol == gatewayv1.HTTPSProtocolType {
			return listener.Port, ""
		}
	}
	return defaultHTTPSPort, ""
}

// admitsListeners follows the Gateway API: without allowedListeners none are admitted.
func admitsListeners(gateway *gatewayv1.Gateway, namespace string, namespaceLabels map[string]string) bool {
	allowed := gateway.Spec.AllowedListeners
	if allowed == nil || allowed.Namespaces == nil || allowed.Namespaces.From == nil {
		return false
	}
	switch *allowed.Namespaces.From {
	case gatewayv1.NamespacesFromAll:
		return true
	case gatewayv1.NamespacesFromSame:
		return namespace == gateway.Namespace
	case gatewayv1.NamespacesFromSelector:
		if allowed.Namespaces.Selector == nil {
			return false
		}
		selector, err := metav1.LabelSelectorAsSelector(allowed.Namespaces.Selector)
		return err == nil && selector.Matches(labels.Set(namespaceLabels))
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
