// SPDX-License-Identifier: Apache-2.0

package dataplane

import gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

// OwnFields is a listener with only the fields that a KIngress writes in its listeners on Gateways,
// without those that others add or the API server defaults.
func OwnFields(listener gatewayv1.Listener) gatewayv1.Listener {
	own := gatewayv1.Listener{Name: listener.Name, Hostname: listener.Hostname, Port: listener.Port, Protocol: listener.Protocol}
	if listener.TLS != nil {
		own.TLS = &gatewayv1.ListenerTLSConfig{Mode: listener.TLS.Mode, CertificateRefs: listener.TLS.CertificateRefs}
	}
	if listener.AllowedRoutes != nil {
		own.AllowedRoutes = &gatewayv1.AllowedRoutes{Namespaces: listener.AllowedRoutes.Namespaces}
	}
	return *own.DeepCopy()
}
