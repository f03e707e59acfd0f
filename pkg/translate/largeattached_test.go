// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// anInputWithAttached is a Knative Service to which so many HTTPRoutes of users are attached, each with one path.
func anInputWithAttached(n int) input.Input {
	in := anInputWithTLS(1, 1)
	ing := in.Ingress
	ing.Labels = map[string]string{"serving.knative.dev/service": ing.Name}
	ing.OwnerReferences = []metav1.OwnerReference{{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: ing.Name, UID: "route", Controller: new(true)}}
	backend := types.NamespacedName{Namespace: ing.Namespace, Name: "docs"}
	in.Services = map[types.NamespacedName]*corev1.Service{backend: {
		ObjectMeta: metav1.ObjectMeta{Namespace: backend.Namespace, Name: backend.Name},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}},
	}}
	for i := range n {
		route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: ing.Namespace, Name: fmt.Sprintf("paths-%d", i), UID: types.UID(fmt.Sprint(i)), Generation: 1}}
		route.Spec.ParentRefs = []gatewayv1.ParentReference{{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: gatewayv1.ObjectName(ing.Name)}}
		rule := gatewayv1.HTTPRouteRule{BackendRefs: []gatewayv1.HTTPBackendRef{{}}}
		rule.Matches = []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new(fmt.Sprintf("/%d", i))}}}
		rule.BackendRefs[0].Name, rule.BackendRefs[0].Port = gatewayv1.ObjectName(backend.Name), new(gatewayv1.PortNumber(80))
		route.Spec.Rules = []gatewayv1.HTTPRouteRule{rule}
		in.Attached = append(in.Attached, route)
	}
	return in
}
