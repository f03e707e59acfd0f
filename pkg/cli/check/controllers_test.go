// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// What the controllers of the cluster do: net-gateways, Envoy Gateway, and those of Kubernetes.

// reconcile does what follows from a write.
func (c *cluster) reconcile(kind objects.Kind, object *unstructured.Unstructured) {
	c.Helper()
	name := types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
	switch {
	case kind == objects.ConfigMaps && name.Name == config.Name:
		c.makeGateways()
	case kind == objects.GatewayClasses:
		class := object.DeepCopy()
		class.Object["status"] = map[string]any{"conditions": []any{map[string]any{"type": "Accepted", "status": "True", "reason": "Accepted"}}}
		c.must(c.Add(class))
		c.makeGateways()
		c.programAll()
	case kind == objects.CRDs:
		for _, class := range c.all(objects.GatewayClasses) {
			c.reconcile(objects.GatewayClasses, class)
		}
	case kind == objects.Gateways:
		c.program(name)
	case kind == objects.Services:
		for _, gateway := range c.all(objects.Gateways) {
			if owner := (types.NamespacedName{Namespace: gateway.GetNamespace(), Name: gateway.GetName()}); c.serviceName(owner) == name {
				c.program(owner)
			}
		}
	case kind == objects.Deployments:
		c.roll(name, -1)
	}
}

// started does what a program does when it starts.
func (c *cluster) started(deployment types.NamespacedName) {
	c.Helper()
	switch deployment.Name {
	case "net-gateways-controller":
		c.makeGateways()
	case "envoy-blue": // proxies
		clitest.Add(c.T, c.Store, objects.EndpointSlices.GroupVersionKind, slicesOf(deployment))
		c.program(types.NamespacedName{Namespace: "gateways", Name: "blue"})
	case "envoy-gateway":
		for _, class := range c.all(objects.GatewayClasses) {
			c.reconcile(objects.GatewayClasses, class)
		}
		c.programAll()
	}
}

func (c *cluster) programAll() {
	c.Helper()
	for _, gateway := range c.all(objects.Gateways) {
		c.program(types.NamespacedName{Namespace: gateway.GetNamespace(), Name: gateway.GetName()})
	}
}

// makeGateways makes the Gateways of the entries that name none.
func (c *cluster) makeGateways() {
	c.Helper()
	state := clitest.Reader(c.T, c.Store).State().Config
	for _, entry := range slices.Concat(state.External, state.Local) {
		if known, err := c.Get(objects.Gateways, entry.Gateway); err != nil || known != nil || !entry.Managed {
			continue
		}
		all := &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}
		clitest.Add(c.T, c.Store, objects.Gateways.GroupVersionKind, &gatewayv1.Gateway{
			ObjectMeta: metav1.ObjectMeta{Namespace: entry.Gateway.Namespace, Name: entry.Gateway.Name},
			Spec: gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(entry.Class), AllowedListeners: &gatewayv1.AllowedListeners{Namespaces: &gatewayv1.ListenerNamespaces{From: all.From}},
				Listeners: []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType, AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: all}}}},
		})
		c.program(entry.Gateway)
	}
}

// serviceName is the Service that an entry names, else the one that Envoy Gateway makes.
func (c *cluster) serviceName(gateway types.NamespacedName) types.NamespacedName {
	state := clitest.Reader(c.T, c.Store).State().Config
	for _, visibility := range config.Visibilities {
		if entry, known := state.Entry(visibility, gateway); known && entry.Service.Name != "" {
			return entry.Service
		}
	}
	return types.NamespacedName{Namespace: "envoy-gateway-system", Name: "envoy-" + gateway.Name}
}

// privateClasses are the classes whose Services are of type ClusterIP.
var privateClasses = []string{"eg-internal"}

// program is Envoy Gateway: the Service of a Gateway has the ports of its listeners and the type that its class or its EnvoyProxy says.
// A load balancer gives a new one an address. The Gateway is Programmed, with that address.
func (c *cluster) program(name types.NamespacedName) {
	c.Helper()
	gateway, err := objects.Get[gatewayv1.Gateway](c, objects.Gateways, name)
	c.must(err)
	class, err := c.Get(objects.GatewayClasses, types.NamespacedName{Name: string(gateway.Spec.GatewayClassName)})
	c.must(err)
	if class == nil {
		return
	}
	service, err := objects.Get[corev1.Service](c, objects.Services, c.serviceName(name))
	c.must(err)
	if service == nil {
		service = c.makeService(gateway)
	}
	if ref := gateway.Spec.Infrastructure; ref != nil && ref.ParametersRef != nil {
		service.Spec.Type = corev1.ServiceType(c.envoyServices[name.Namespace+"/"+ref.ParametersRef.Name])
	}
	if demanded := gateway.Annotations["networking.istio.io/service-type"]; demanded != "" {
		service.Spec.Type = corev1.ServiceType(demanded)
	}
	for _, listener := range gateway.Spec.Listeners {
		if !slices.ContainsFunc(service.Spec.Ports, func(port corev1.ServicePort) bool { return port.Port == listener.Port }) {
			service.Spec.Ports = append(service.Spec.Ports, corev1.ServicePort{Name: string(listener.Name), Port: listener.Port, TargetPort: intstr.FromInt32(10000 + listener.Port)})
		}
	}
	clitest.Add(c.T, c.Store, objects.Services.GroupVersionKind, service)
	if addresses := addressesOf(gateway, service); len(addresses) > 0 {
		gateway.Status.Addresses = addresses
	}
	gateway.Status.Conditions = nil
	for _, kind := range []string{"Accepted", "Programmed"} {
		gateway.Status.Conditions = append(gateway.Status.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: kind, ObservedGeneration: gateway.Generation})
	}
	clitest.Add(c.T, c.Store, objects.Gateways.GroupVersionKind, gateway)
}

func addressesOf(gateway *gatewayv1.Gateway, service *corev1.Service) (found []gatewayv1.GatewayStatusAddress) {
	for _, address := range gateway.Spec.Addresses {
		found = append(found, gatewayv1.GatewayStatusAddress(address))
	}
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		found = append(found, gatewayv1.GatewayStatusAddress{Value: ingress.IP})
	}
	if service.Spec.Type == corev1.ServiceTypeClusterIP {
		found = []gatewayv1.GatewayStatusAddress{{Value: service.Spec.ClusterIP}}
	}
	return found
}

func (c *cluster) makeService(gateway *gatewayv1.Gateway) *corev1.Service {
	c.Helper()
	name := c.serviceName(types.NamespacedName{Namespace: gateway.Namespace, Name: gateway.Name})
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name, Labels: map[string]string{
		"gateway.envoyproxy.io/owning-gateway-name": gateway.Name, "gateway.envoyproxy.io/owning-gateway-namespace": gateway.Namespace}}}
	service.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, ClusterIP: "10.96.4.99"}
	service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "203.0.113.99"}}
	if slices.Contains(privateClasses, string(gateway.Spec.GatewayClassName)) {
		service.Spec.Type, service.Status = corev1.ServiceTypeClusterIP, corev1.ServiceStatus{}
	}
	clitest.Add(c.T, c.Store, objects.EndpointSlices.GroupVersionKind, slicesOf(name))
	return service
}

func slicesOf(service types.NamespacedName) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: service.Namespace, Name: service.Name + "-1", Labels: map[string]string{discoveryv1.LabelServiceName: service.Name}},
		Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"10.244.1.7"}}}, Ports: []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(10080))}},
	}
}

func (c *cluster) all(kind objects.Kind) []*unstructured.Unstructured {
	c.Helper()
	found, err := c.List(kind, "", labels.Everything())
	c.must(err)
	return found
}

// remove deletes an object: the Store has no such method, for a report needs none.
func (c *cluster) remove(kind objects.Kind, name types.NamespacedName) {
	c.Helper()
	c.Store = clitest.Change(c.T, c.Store, "", kind.File()+" "+name.String())
}

// merged lays an object over one that is there, as kubectl apply does with fields that it owns.
func merged(before, after map[string]any) map[string]any {
	found := maps.Clone(before)
	for key, value := range after {
		inner, both := before[key].(map[string]any)
		if further, is := value.(map[string]any); both && is {
			found[key] = merged(inner, further)
		} else {
			found[key] = value
		}
	}
	return found
}
