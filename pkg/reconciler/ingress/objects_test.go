// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"maps"
	"net"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	metadatafake "k8s.io/client-go/metadata/fake"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

const (
	publicHost  = "hello.default.example.com"
	privateHost = "hello.default.svc.cluster.local"

	envoyGateway gatewayv1.GatewayController = "gateway.envoyproxy.io/gatewayclass-controller"
)

// aKIngress is a KIngress as Serving writes it: one cluster-local rule with three hosts,
// and one external.
func aKIngress(name string, age time.Duration) *v1alpha1.Ingress {
	rule := func(visibility v1alpha1.IngressVisibility, hosts ...string) v1alpha1.IngressRule {
		split := v1alpha1.IngressBackendSplit{
			IngressBackend: v1alpha1.IngressBackend{ServiceNamespace: "default", ServiceName: "hello-00001", ServicePort: intstr.FromInt32(80)},
			Percent:        100,
			AppendHeaders:  map[string]string{"Knative-Serving-Namespace": "default", "Knative-Serving-Revision": "hello-00001"},
		}
		return v1alpha1.IngressRule{Visibility: visibility, Hosts: hosts, HTTP: &v1alpha1.HTTPIngressRuleValue{
			Paths: []v1alpha1.HTTPIngressPath{{Splits: []v1alpha1.IngressBackendSplit{split}}},
		}}
	}
	return &v1alpha1.Ingress{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "default", Name: name, UID: types.UID("uid-of-" + name), Generation: 1, ResourceVersion: "1",
			CreationTimestamp: metav1.NewTime(time.Unix(1_800_000_000, 0).Add(-age)),
			Annotations:       map[string]string{networking.IngressClassAnnotationKey: config.IngressClass},
		},
		Spec: v1alpha1.IngressSpec{Rules: []v1alpha1.IngressRule{
			rule(v1alpha1.IngressVisibilityClusterLocal, "hello.default", "hello.default.svc", privateHost),
			rule(v1alpha1.IngressVisibilityExternalIP, publicHost),
		}},
	}
}

// fromAll admits the routes of all namespaces.
func fromAll() *gatewayv1.AllowedRoutes {
	return &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}}
}

// aGateway is a programmed Gateway.
func aGateway(name string) *gatewayv1.Gateway {
	found := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: name, UID: types.UID(name), Generation: 1, ResourceVersion: "1"}}
	found.Spec.GatewayClassName = "envoy"
	found.Spec.Listeners = []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType, AllowedRoutes: fromAll()}}
	found.Status.Conditions = []metav1.Condition{
		{Type: "Accepted", Status: "True", ObservedGeneration: 1}, {Type: "Programmed", Status: "True", ObservedGeneration: 1},
	}
	return found
}

// aFront is the Service in front of a Gateway's pods, and the EndpointSlice with its pod.
func aFront(gateway string, data *plane) []runtime.Object {
	host, port, _ := net.SplitHostPort(data.Listener.Addr().String())
	number, _ := strconv.Atoi(port)
	labels := map[string]string{"gateway.networking.k8s.io/gateway-name": gateway}
	envoy := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "envoy-" + gateway, Labels: labels}}
	envoy.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}}
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "gateways", Name: "envoy-" + gateway, Labels: map[string]string{
			"gateway.networking.k8s.io/gateway-name": gateway, discoveryv1.LabelServiceName: envoy.Name,
		}},
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(number))}},
		Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{host}, Conditions: discoveryv1.EndpointConditions{Ready: new(true)}}},
	}
	return []runtime.Object{envoy, slice}
}

func metadataScheme() *runtime.Scheme {
	scheme := metadatafake.NewTestScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		panic(err)
	}
	return scheme
}

func aCRD(name string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{
		TypeMeta: metav1.TypeMeta{APIVersion: schema.GroupVersion{Group: "apiextensions.k8s.io", Version: "v1"}.String(), Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name + ".gateway.networking.k8s.io", Annotations: map[string]string{"gateway.networking.k8s.io/bundle-version": "v1.6.1"},
		},
	}
}

// theCRDs are those of the Gateway API.
func theCRDs() []runtime.Object {
	return []runtime.Object{aCRD("gatewayclasses"), aCRD("gateways"), aCRD("httproutes")}
}

// theServiceOf a Revision has its port.
func theServiceOf(revision string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: revision, Labels: map[string]string{"serving.knative.dev/revision": revision}},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80}}},
	}
}

// anInstallation is a cluster without faults, with one data plane that serves both Gateways.
func anInstallation(data *plane) []runtime.Object {
	objects := append(theCRDs(),
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default", UID: "namespace"}},
		&gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: "envoy"}, Spec: gatewayv1.GatewayClassSpec{ControllerName: envoyGateway}},
		theServiceOf("hello-00001"),
		aGateway("blue"), aGateway("green"), aGateway("inner"),
	)
	objects = append(objects, aFront("blue", data)...)
	objects = append(objects, aFront("green", data)...)
	return append(objects, aFront("inner", data)...)
}

// testConfig has the data of config-gateway, unless a test has others.
var testConfig = map[string]string{
	config.ExternalGateways: "- {class: envoy, gateway: gateways/blue}\n- {class: envoy, gateway: gateways/green, label-selector: gateway=green}",
	config.LocalGateways:    "- {class: envoy, gateway: gateways/inner}",
}

// aConfigGateway is config-gateway with these data; for nil it is one without UID, which a watcher takes
// for none.
func aConfigGateway(data map[string]string) *corev1.ConfigMap {
	found := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: config.Name}, Data: data}
	if data != nil {
		found.UID = "configured"
	}
	return found
}

// configurationAmong is the config-gateway among objects, or else that of testConfig.
func configurationAmong(objects []runtime.Object) *corev1.ConfigMap {
	for _, object := range objects {
		if found, ok := object.(*corev1.ConfigMap); ok && found.Name == config.Name {
			return found
		}
	}
	return aConfigGateway(maps.Clone(testConfig)) // which tests change
}
