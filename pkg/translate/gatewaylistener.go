// SPDX-License-Identifier: Apache-2.0

package translate

import gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

// onlyOurs is a listener as it stands, without what others may have added to it.
func onlyOurs(listener gatewayv1.Listener) gatewayv1.Listener {
	ours := gatewayv1.Listener{Name: listener.Name, Hostname: listener.Hostname, Port: listener.Port, Protocol: listener.Protocol}
	if listener.TLS != nil {
		ours.TLS = &gatewayv1.ListenerTLSConfig{Mode: listener.TLS.Mode, CertificateRefs: listener.TLS.CertificateRefs}
	}
	if listener.AllowedRoutes != nil {
		ours.AllowedRoutes = &gatewayv1.AllowedRoutes{Namespaces: listener.AllowedRoutes.Namespaces}
	}
	return *ours.DeepCopy()
}

func hostnameOf(listener gatewayv1.Listener) string {
	if listener.Hostname == nil {
		return ""
	}
	return string(*listener.Hostname)
}

func certificatesOf(listener gatewayv1.Listener) []gatewayv1.SecretObjectReference {
	if listener.TLS == nil {
		return nil
	}
	return listener.TLS.CertificateRefs
}
