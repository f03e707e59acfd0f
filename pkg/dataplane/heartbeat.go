// SPDX-License-Identifier: Apache-2.0

package dataplane

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// AnyListener is a listener of a Gateway at which its proxies can be asked whether they answer at all, whatever they serve:
// the named one if the section is not empty, else the first one for plain HTTP, else the first one for HTTPS. Its port is 0
// if there is none.
func AnyListener(gateway *gatewayv1.Gateway, section string) Listener {
	for _, protocol := range []gatewayv1.ProtocolType{gatewayv1.HTTPProtocolType, gatewayv1.HTTPSProtocolType} {
		for _, listener := range gateway.Spec.Listeners {
			if listener.Protocol == protocol && cmp.Or(section, string(listener.Name)) == string(listener.Name) {
				return Listener{Name: string(listener.Name), Port: listener.Port, TLS: protocol == gatewayv1.HTTPSProtocolType}
			}
		}
	}
	return Listener{}
}

// NotReady is how many pods behind a Service Kubernetes calls not ready, without those that are ending.
func NotReady(service *corev1.Service, slicesOf []*discoveryv1.EndpointSlice) int {
	if service == nil {
		return 0
	}
	waiting, serving := sets.New[string](), sets.New[string]()
	for _, slice := range slicesOf {
		if !isOf(slice, service) {
			continue
		}
		for _, endpoint := range slice.Endpoints {
			ending := endpoint.Conditions.Terminating != nil && *endpoint.Conditions.Terminating
			switch name := nameOf(endpoint); {
			case ready(endpoint):
				serving.Insert(name)
			case !ending:
				waiting.Insert(name)
			}
		}
	}
	return waiting.Difference(serving).Len()
}

// nameOf is the pod of an endpoint, which has an endpoint for each IP family, or else its address.
func nameOf(endpoint discoveryv1.Endpoint) string {
	if ref := endpoint.TargetRef; ref != nil && ref.UID != "" {
		return string(ref.UID)
	}
	if len(endpoint.Addresses) == 0 {
		return ""
	}
	return endpoint.Addresses[0]
}
