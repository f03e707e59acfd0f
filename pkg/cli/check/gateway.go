// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// gateway is one that exists, of an entry, with its data plane.
type gateway struct {
	*gatewayv1.Gateway
	entry   config.Entry
	class   *gatewayv1.GatewayClass
	service *corev1.Service
	slices  []*discoveryv1.EndpointSlice
	// found are the troubles.
	found []Finding
}

// aTenant is a namespace without labels, as most are.
var aTenant = dataplane.Tenant{Namespace: "a-namespace-of-services", Labels: map[string]string{"kubernetes.io/metadata.name": "a-namespace-of-services"}}

func isLocal(entry config.Entry) bool {
	return entry.Visibility == v1alpha1.IngressVisibilityClusterLocal
}

func (g *gateway) trouble(state output.State, detail, fix, more string) {
	g.found = append(g.found, Finding{Group: groupGateways, Code: placeOf(g.entry), State: state, Detail: detail, Fix: fix, More: docs(more)})
}

func (c *checker) works(entry config.Entry, stored *gatewayv1.Gateway, class *gatewayv1.GatewayClass) error {
	service, slicesOf, err := observe.ServiceOf(c.reader, entry, dataplane.Owner{Gateway: stored, Controller: class.Spec.ControllerName})
	if err != nil {
		return err
	}
	g := &gateway{Gateway: stored, entry: entry, class: class, service: service, slices: slicesOf}
	c.answers(g)
	c.admits(g)
	if isLocal(entry) && service != nil && !dataplane.Leads(80, service, slicesOf) {
		g.trouble(output.Failed, fmt.Sprintf("callers in the cluster come to port 80 of Service %s, which it does not have", apply.NameOf(service)),
			c.portOpened(g), "troubleshooting.md#gatewayunsuitable")
	}
	if exposed := c.exposed(g); exposed != "" {
		g.trouble(output.Warning, "cluster-local hosts are reachable from outside: "+exposed, c.hidden(g), "troubleshooting.md#localgatewayexposed")
	}
	if len(g.found) == 0 {
		g.found = []Finding{{Group: groupGateways, Code: placeOf(entry), State: output.OK, Detail: fmt.Sprintf("Gateway %s (class %s), %s", entry.Gateway, entry.Class, g.dataPlane())}}
	}
	for _, finding := range g.found {
		c.add(finding)
	}
	return nil
}

func (g *gateway) dataPlane() string {
	if g.service == nil {
		return "its Service was not found"
	}
	return fmt.Sprintf("Service %s, %d proxies", apply.NameOf(g.service), len(dataplane.Pods(g.service, g.slices)))
}

// answers checks that the Gateway has an address, or proxies whose Service's name is published instead.
func (c *checker) answers(g *gateway) {
	describe := fmt.Sprintf("kubectl -n %s describe gateway %s", g.Namespace, g.Name)
	complaint, addresses := status.Complaint(g.Gateway), len(g.Status.Addresses)
	switch {
	case complaint != "":
		state := output.Failed
		if dataplane.HasReady(g.service, g.slices) { // the proxies' answer decides (SPEC B-RDY-7)
			state = output.Warning
		}
		g.trouble(state, complaint, c.satisfied(g), "troubleshooting.md#gatewaynotprogrammed")
	case addresses == 0 && g.service == nil:
		g.trouble(output.Failed, fmt.Sprintf("Gateway %s has no address, and its Service was not found: set `service` of the entry", g.entry.Gateway),
			c.serviceNamed(g), "troubleshooting.md#gatewaynotprogrammed")
	case addresses == 0 && !isLocal(g.entry): // callers in the cluster need no more than the name
		g.trouble(output.Warning, fmt.Sprintf("Gateway %s has no address: the name of %s is published", g.entry.Gateway, g.dataPlane()), c.addressed(g), "domains.md")
	default:
		return
	}
	g.found[len(g.found)-1].Look = describe
}

// admits checks that routes and ListenerSets of other namespaces may be attached.
func (c *checker) admits(g *gateway) {
	attachment := dataplane.Attachment{Gateway: g.Gateway, Section: g.entry.HTTPListener, Tenant: aTenant}
	host := "a-host.example.com"
	if isLocal(g.entry) {
		host = "a-service.a-namespace.svc.cluster.local"
	}
	if g.entry.NamespaceSelector != nil {
		return
	}
	if _, refusal := attachment.ListenerFor(host); refusal != "" && !strings.Contains(refusal, ".hostname") {
		g.trouble(output.Failed, refusal, c.admitted(g), "troubleshooting.md#routenotaccepted")
	}
	if refusal := dataplane.NotAdmitted(g.Gateway, aTenant); refusal != "" {
		g.trouble(output.Warning, fmt.Sprintf("Gateway %s admits no ListenerSets: certificates will be written onto the Gateway, which has room for 64 listeners", g.entry.Gateway),
			onGateway(g.entry, object{"spec": object{"allowedListeners": fromAll}}), "tls.md")
	}
}

// admitted makes each listener admit HTTPRoutes from all namespaces. Where the entry names a listener that is not there, another one
// for HTTP has its port, so that it cannot be added.
func (c *checker) admitted(g *gateway) string {
	changes := []operation{}
	speaks := func(listener gatewayv1.Listener) bool {
		return listener.Protocol == gatewayv1.HTTPProtocolType || listener.Protocol == gatewayv1.HTTPSProtocolType
	}
	for i, listener := range g.Spec.Listeners {
		if speaks(listener) && (g.entry.HTTPListener == "" || g.entry.HTTPListener == string(listener.Name)) {
			changes = append(changes, operation{Op: "add", Path: fmt.Sprintf("/spec/listeners/%d/allowedRoutes", i), Value: fromAll})
		}
	}
	switch {
	case len(changes) == 0 && slices.ContainsFunc(g.Spec.Listeners, speaks):
		return c.entryWith(g.entry, [2]string{"http-listener-name", ""})
	case len(changes) == 0:
		return g.listenerAdded()
	}
	return patchOf(target{g.Namespace, "gateway", g.Name}, "json", changes)
}

// listenerAdded adds a listener for HTTP, with the name that the entry demands.
func (g *gateway) listenerAdded() string {
	name := g.entry.HTTPListener
	for i := 0; name == "" || i > 0 && slices.ContainsFunc(g.Spec.Listeners, func(l gatewayv1.Listener) bool { return string(l.Name) == name }); i++ {
		name = "http" + strings.Repeat("-80", i)
	}
	return patchOf(target{g.Namespace, "gateway", g.Name}, "json", []operation{{Op: "add", Path: "/spec/listeners/-", Value: httpListener(name)}})
}

func (c *checker) exposed(g *gateway) string {
	if !isLocal(g.entry) || g.service == nil {
		return ""
	}
	if _, shared := c.reader.State().Config.Entry(v1alpha1.IngressVisibilityExternalIP, g.entry.Gateway); shared {
		return "" // the operator has said so, and the webhook has warned
	}
	return dataplane.Exposure(g.Gateway, g.service, dataplane.LoadBalancer(g.Gateway, g.service))
}
