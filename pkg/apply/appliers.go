// SPDX-License-Identifier: Apache-2.0

package apply

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"
)

// HTTPRoutes writes HTTPRoutes.
func HTTPRoutes(clients gatewayclientset.Interface) *Applier[*gatewayv1.HTTPRoute] {
	return &Applier[*gatewayv1.HTTPRoute]{leavesAdopted: true, in: func(namespace string) client[*gatewayv1.HTTPRoute] { return clients.GatewayV1().HTTPRoutes(namespace) }}
}

// ListenerSets writes ListenerSets.
func ListenerSets(clients gatewayclientset.Interface) *Applier[*gatewayv1.ListenerSet] {
	return &Applier[*gatewayv1.ListenerSet]{in: func(namespace string) client[*gatewayv1.ListenerSet] {
		return clients.GatewayV1().ListenerSets(namespace)
	}}
}

// ReferenceGrants writes ReferenceGrants.
func ReferenceGrants(clients gatewayclientset.Interface) *Applier[*gatewayv1beta1.ReferenceGrant] {
	return &Applier[*gatewayv1beta1.ReferenceGrant]{in: func(namespace string) client[*gatewayv1beta1.ReferenceGrant] {
		return clients.GatewayV1beta1().ReferenceGrants(namespace)
	}}
}

// BackendTLSPolicies writes BackendTLSPolicies.
func BackendTLSPolicies(clients gatewayclientset.Interface) *Applier[*gatewayv1.BackendTLSPolicy] {
	return &Applier[*gatewayv1.BackendTLSPolicy]{in: func(namespace string) client[*gatewayv1.BackendTLSPolicy] {
		return clients.GatewayV1().BackendTLSPolicies(namespace)
	}}
}

// ConfigMaps writes the key ca.crt of ConfigMaps.
func ConfigMaps(clients kubernetes.Interface) *Applier[*corev1.ConfigMap] {
	return &Applier[*corev1.ConfigMap]{in: func(namespace string) client[*corev1.ConfigMap] { return clients.CoreV1().ConfigMaps(namespace) }}
}
