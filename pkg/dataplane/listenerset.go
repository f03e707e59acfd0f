// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const defaultHTTPSPort = 443

// NotAdmitted says what to change on a Gateway that does not admit ListenerSets of a
// namespace; it is empty when it does.
func NotAdmitted(gateway *gatewayv1.Gateway, tenant Tenant) string {
	// Without allowedListeners none are admitted.
	if allowed := gateway.Spec.AllowedListeners; allowed != nil && allowed.Namespaces != nil {
		rules := gatewayv1.RouteNamespaces{From: allowed.Namespaces.From, Selector: allowed.Namespaces.Selector}
		if admitsNamespace(rules, gateway, tenant) {
			return ""
		}
	}
	return fmt.Sprintf("set spec.allowedListeners of Gateway %s/%s so that it admits ListenerSets of namespace %s", gateway.Namespace, gateway.Name, tenant.Namespace)
}
