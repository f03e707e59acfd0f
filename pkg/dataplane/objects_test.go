// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

func gateway(addresses ...string) *gatewayv1.Gateway {
	gw := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "blue"}}
	for _, address := range addresses {
		gw.Status.Addresses = append(gw.Status.Addresses, gatewayv1.GatewayStatusAddress{Value: address})
	}
	return gw
}

func service(namespace, name string, labels map[string]string, spec corev1.ServiceSpec) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels}, Spec: spec}
}

var (
	standard = map[string]string{"gateway.networking.k8s.io/gateway-name": "blue"}
	owning   = map[string]string{"gateway.envoyproxy.io/owning-gateway-name": "blue", "gateway.envoyproxy.io/owning-gateway-namespace": "gateways"}
)

func ports(numbers ...int32) corev1.ServiceSpec {
	spec := corev1.ServiceSpec{}
	for _, number := range numbers {
		spec.Ports = append(spec.Ports, corev1.ServicePort{Port: number})
	}
	return spec
}

// listening gives a Gateway a listener on port 80, and on further ones.
func listening(gw *gatewayv1.Gateway, further ...int32) *gatewayv1.Gateway {
	gw.Spec.Listeners = []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}}
	for _, port := range further {
		gw.Spec.Listeners = append(gw.Spec.Listeners, gatewayv1.Listener{Name: gatewayv1.SectionName(fmt.Sprint(port)), Port: port, Protocol: gatewayv1.HTTPProtocolType})
	}
	return gw
}

func published(service *corev1.Service, ip string) *corev1.Service {
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: ip}}
	return service
}
