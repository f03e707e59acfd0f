// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Listener is where a host is served.
type Listener struct {
	Name string
	Port int32
	// TLS tells that clients speak TLS, with the host as SNI.
	TLS bool
}

// ListenerFor finds the listener through which a host is probed: plain HTTP before
// HTTPS, a given section before all others. The listener must admit the host; of
// several the first in the Gateway's order is taken.
func ListenerFor(gateway *gatewayv1.Gateway, section, host string) (Listener, bool) {
	for _, protocol := range []gatewayv1.ProtocolType{gatewayv1.HTTPProtocolType, gatewayv1.HTTPSProtocolType} {
		for _, listener := range gateway.Spec.Listeners {
			if listener.Protocol != protocol || !Admits(listener.Hostname, host) {
				continue
			}
			if section != "" && section != string(listener.Name) {
				continue
			}
			return Listener{
				Name: string(listener.Name),
				Port: listener.Port,
				TLS:  protocol == gatewayv1.HTTPSProtocolType,
			}, true
		}
	}
	return Listener{}, false
}

// Admits follows the Gateway API's matching of hostnames: none admits all, a
// wildcard admits any number of labels in front of its suffix.
func Admits(hostname *gatewayv1.Hostname, host string) bool {
	if hostname == nil || *hostname == "" {
		return true
	}
	if suffix, wildcard := strings.CutPrefix(string(*hostname), "*"); wildcard {
		return strings.HasSuffix(host, suffix) && host != suffix
	}
	return strings.EqualFold(string(*hostname), host)
}
