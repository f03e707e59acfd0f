// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
)

// satisfied takes away what a Gateway complains of.
func (c *checker) satisfied(g *gateway) string {
	reason := ""
	for _, kind := range []gatewayv1.GatewayConditionType{gatewayv1.GatewayConditionProgrammed, gatewayv1.GatewayConditionAccepted} {
		if condition := meta.FindStatusCondition(g.Status.Conditions, string(kind)); condition != nil && condition.Status == metav1.ConditionFalse {
			reason = condition.Reason
		}
	}
	switch gatewayv1.GatewayConditionReason(reason) {
	case gatewayv1.GatewayReasonUnsupportedAddress, gatewayv1.GatewayReasonAddressNotUsable:
		if len(g.Spec.Addresses) > 0 {
			return patchOf(target{g.Namespace, "gateway", g.Name}, "json", []operation{{Op: "remove", Path: "/spec/addresses"}})
		}
	case gatewayv1.GatewayReasonInvalidParameters:
		if g.Spec.Infrastructure != nil && g.Spec.Infrastructure.ParametersRef != nil {
			return patchOf(target{g.Namespace, "gateway", g.Name}, "json", []operation{{Op: "remove", Path: "/spec/infrastructure/parametersRef"}})
		}
	case gatewayv1.GatewayReasonAddressNotAssigned:
		if dataplane.HasReady(g.service, g.slices) {
			return c.addressed(g)
		}
	}
	if !dataplane.HasReady(g.service, g.slices) {
		if proxies := c.proxies(g.Gateway, g.service); proxies != "" {
			return proxies
		}
	}
	return c.restartOf(g.class.Spec.ControllerName)
}

// addressed gives the Service of a Gateway the address of a node with a proxy. That is what a load balancer writes, and Kubernetes
// sends its traffic to the proxies; a load balancer that is installed later writes another one.
func (c *checker) addressed(g *gateway) string {
	node := c.node(g.service, dataplane.Pods(g.service, g.slices))
	switch {
	case node == "":
		return c.restartOf(g.class.Spec.ControllerName)
	case g.service.Spec.Type != corev1.ServiceTypeLoadBalancer:
		return onGateway(g.entry, object{"spec": object{"addresses": []object{{"type": gatewayv1.IPAddressType, "value": node}}}})
	}
	return patchOf(target{g.service.Namespace, "service", g.service.Name + " --subresource status"}, "merge",
		object{"status": object{"loadBalancer": object{"ingress": []object{{"ip": node}}}}}) + "   # a node's address, until a load balancer writes another"
}

// serviceNamed names the Service of a Gateway that no label tells: one in the Gateway's namespace with the port of a listener and
// proxies that are ready. Where there is none, the implementation has made none.
func (c *checker) serviceNamed(g *gateway) string {
	for _, service := range typed[corev1.Service](c, objects.Services, g.Namespace) {
		slicesOf, err := c.reader.EndpointSlices(service, true)
		c.fails(err)
		listens := slices.ContainsFunc(g.Spec.Listeners, func(listener gatewayv1.Listener) bool {
			return slices.ContainsFunc(service.Spec.Ports, func(port corev1.ServicePort) bool {
				return port.Port == listener.Port || port.TargetPort.IntVal == listener.Port
			})
		})
		others := slices.ContainsFunc(c.gateways(), func(other *gatewayv1.Gateway) bool { return dataplane.Claims(service, other) })
		if listens && !others && dataplane.HasReady(service, slicesOf) {
			return c.entryWith(g.entry, [2]string{"service", apply.NameOf(service).String()})
		}
	}
	return c.restartOf(g.class.Spec.ControllerName)
}

// portOpened makes port 80 of a local Gateway's Service lead to a listener. An implementation makes the ports of its Services from the
// listeners; those of a Service that the operator has written are the operator's.
func (c *checker) portOpened(g *gateway) string {
	listens := dataplane.Attachment{Gateway: g.Gateway, Tenant: aTenant}.HasPort(80)
	at := slices.IndexFunc(g.Spec.Listeners, func(l gatewayv1.Listener) bool { return string(l.Name) == g.entry.HTTPListener })
	switch {
	case !listens && dataplane.Claims(g.service, g.Gateway) && at >= 0: // routes are attached to this listener alone
		return patchOf(target{g.Namespace, "gateway", g.Name}, "json", []operation{{Op: "replace", Path: fmt.Sprintf("/spec/listeners/%d/port", at), Value: 80}})
	case !listens && dataplane.Claims(g.service, g.Gateway):
		return g.listenerAdded()
	}
	port := corev1.ServicePort{Name: "http-80", Port: 80}
	for i, known := range g.service.Spec.Ports {
		if known.TargetPort.String() == "0" {
			known.TargetPort = intstr.FromInt32(known.Port)
		}
		if i == 0 || slices.ContainsFunc(g.Spec.Listeners, func(l gatewayv1.Listener) bool {
			return l.Protocol == gatewayv1.HTTPProtocolType && l.Port == known.Port
		}) {
			port.TargetPort = known.TargetPort
		}
	}
	return patchOf(target{g.service.Namespace, "service", g.service.Name}, "json", []operation{{Op: "add", Path: "/spec/ports/-", Value: port}})
}

// hidden keeps the Service of a local Gateway inside the cluster, where its implementation takes the type of the Service from. Other
// implementations leave a type that an operator writes.
func (c *checker) hidden(g *gateway) string {
	controller := g.class.Spec.ControllerName
	for key, value := range features.Private(controller) {
		return onGateway(g.entry, object{"metadata": object{"annotations": object{key: value}}})
	}
	if private := c.classFor(g.entry.Visibility); controller == envoyGateway && private != g.entry.Class {
		if slices.Contains(c.privateClasses(), private) {
			return c.entryWith(g.entry, [2]string{"class", private}, [2]string{"gateway", ""}, [2]string{"service", ""})
		}
	}
	if controller == envoyGateway {
		return g.envoyProxy()
	}
	return patchOf(target{g.service.Namespace, "service", g.service.Name}, "merge", object{"spec": object{"type": corev1.ServiceTypeClusterIP, "externalIPs": nil}})
}

// envoyProxy sets the type of the Service by the EnvoyProxy of the Gateway, or else by one that is made for it.
func (g *gateway) envoyProxy() string {
	provider := object{"spec": object{"provider": object{"type": "Kubernetes", "kubernetes": object{"envoyService": object{"type": corev1.ServiceTypeClusterIP, "externalTrafficPolicy": nil}}}}}
	if g.Spec.Infrastructure != nil && g.Spec.Infrastructure.ParametersRef != nil {
		return patchOf(target{g.Namespace, "envoyproxy", g.Spec.Infrastructure.ParametersRef.Name}, "merge", provider)
	}
	proxy := object{"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "EnvoyProxy", "metadata": object{"namespace": g.Namespace, "name": g.Name},
		"spec": object{"provider": object{"type": "Kubernetes", "kubernetes": object{"envoyService": object{"type": corev1.ServiceTypeClusterIP}}}}}
	return applied(proxy) + " && " + onGateway(g.entry, object{"spec": object{"infrastructure": object{"parametersRef": object{
		"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": g.Name}}}}) + "   # in place of the settings of its class"
}

// anyDomain is one under which services can be called at once: a public DNS service answers with the address that is in the name.
func (c *checker) anyDomain() string {
	for _, entry := range c.reader.State().Config.External {
		stored, err := c.reader.Gateway(entry.Gateway)
		if c.fails(err); stored == nil || !entry.IsDefault() {
			continue
		}
		for _, address := range stored.Status.Addresses {
			if ip, err := netip.ParseAddr(address.Value); err == nil && ip.Is4() {
				return address.Value + ".sslip.io"
			}
		}
	}
	return "example.com"
}

// anyAccepted makes some GatewayClass accepted: one that is there, or one of an implementation that it installs.
func (c *checker) anyAccepted() string {
	for _, class := range typed[gatewayv1.GatewayClass](c, objects.GatewayClasses, "") {
		reason := ""
		if accepted := features.NotAccepted(class); accepted != nil {
			reason = accepted.Reason
		}
		if fix := c.classAccepted(class, reason); fix != "" {
			return fix
		}
	}
	return implementationInstalled()
}
