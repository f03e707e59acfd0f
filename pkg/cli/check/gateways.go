// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const groupGateways = "gateways"

// entries checks config-gateway and each Gateway that it names.
func (c *checker) entries() error {
	state := c.reader.State()
	edit := fmt.Sprintf("kubectl -n %s edit configmap %s", c.system, config.Name)
	switch {
	case c.reader.Unconfigured() != "":
		c.add(unseen(groupGateways, config.Name, "ConfigMap "+c.system+"/"+config.Name))
		return nil
	case state.Problem != nil:
		c.add(Finding{Group: groupGateways, Code: config.Name, State: output.Failed, Detail: state.Problem.Error(), Fix: edit, More: docs("config-gateway.md")})
	}
	for _, list := range state.Config.AbsentLists() {
		c.add(Finding{Group: groupGateways, Code: config.Name, State: output.Failed, Detail: list + " is not written: new services with such hosts do not become Ready",
			Fix: "kn gateways config init", More: docs("troubleshooting.md#gatewaynotconfigured")})
	}
	for _, warning := range state.Warnings {
		c.add(Finding{Group: groupGateways, Code: config.Name, State: output.Warning, Detail: warning.String(), Fix: edit})
	}
	for _, entry := range slices.Concat(state.Config.External, state.Config.Local) {
		if err := c.entry(entry); err != nil {
			return err
		}
	}
	return nil
}

// entry checks one Gateway: what stands in its way, else that it works and what it lacks.
func (c *checker) entry(entry config.Entry) error {
	place, _, _ := strings.Cut(entry.String(), " ")
	finding := Finding{Group: groupGateways, Code: place, State: output.Failed, More: docs("troubleshooting.md#gatewaynotfound")}
	before := len(c.reader.Unseen())
	gateway, err := c.reader.Gateway(entry.Gateway)
	if err != nil {
		return err
	}
	class, err := c.reader.GatewayClass(entry.Class)
	if err != nil {
		return err
	}
	patch := func(text string) string {
		return fmt.Sprintf("kubectl -n %s patch gateway %s --type merge -p '%s'", entry.Gateway.Namespace, entry.Gateway.Name, text)
	}
	switch {
	case len(c.reader.Unseen()) > before:
		finding = unseen(groupGateways, place, "Gateway "+entry.Gateway.String()+" or its GatewayClass")
	case gateway == nil:
		finding.Detail, finding.Fix = fmt.Sprintf("Gateway %s does not exist", entry.Gateway), "kn gateways config show"
	case string(gateway.Spec.GatewayClassName) != entry.Class:
		finding.Detail = fmt.Sprintf("Gateway %s has gatewayClassName %q, and the entry says class %q", entry.Gateway, gateway.Spec.GatewayClassName, entry.Class)
		finding.Fix = patch(fmt.Sprintf(`{"spec":{"gatewayClassName":%q}}`, entry.Class))
	case class == nil:
		finding.Detail, finding.Fix = fmt.Sprintf("GatewayClass %s does not exist", entry.Class), "kubectl get gatewayclasses"
	case features.NotAccepted(class) != nil:
		finding.Detail, finding.Fix = fmt.Sprintf("GatewayClass %s is not accepted: %s", entry.Class, features.NotAccepted(class).Message), "kubectl describe gatewayclass "+entry.Class
	default:
		return c.works(entry, gateway, class, patch)
	}
	c.add(finding)
	return nil
}

// aTenant is a namespace without labels, as most are.
var aTenant = dataplane.Tenant{Namespace: "a-namespace-of-services", Labels: map[string]string{"kubernetes.io/metadata.name": "a-namespace-of-services"}}

func (c *checker) works(entry config.Entry, gateway *gatewayv1.Gateway, class *gatewayv1.GatewayClass, patch func(string) string) error {
	place, _, _ := strings.Cut(entry.String(), " ")
	service, slicesOf, err := observe.ServiceOf(c.reader, entry, dataplane.Owner{Gateway: gateway, Controller: class.Spec.ControllerName})
	if err != nil {
		return err
	}
	found, name := "its Service was not found", types.NamespacedName{}
	if service != nil {
		name = types.NamespacedName{Namespace: service.Namespace, Name: service.Name}
		found = fmt.Sprintf("Service %s, %d proxies", name, len(dataplane.Pods(service, slicesOf)))
	}
	finding := Finding{Group: groupGateways, Code: place, State: output.OK, Detail: fmt.Sprintf("Gateway %s (class %s), %s", entry.Gateway, entry.Class, found)}
	trouble := func(state output.State, detail, fix, more string) {
		finding = Finding{Group: groupGateways, Code: place, State: state, Detail: detail, Fix: fix, More: docs(more)}
		c.add(finding)
	}
	describe := fmt.Sprintf("kubectl -n %s describe gateway %s", entry.Gateway.Namespace, entry.Gateway.Name)
	answers := dataplane.HasReady(service, slicesOf)
	if complaint := status.Complaint(gateway); complaint != "" {
		state := output.Failed
		if answers { // the proxies' answer decides (SPEC B-RDY-7)
			state = output.Warning
		}
		trouble(state, complaint, describe, "troubleshooting.md#gatewaynotprogrammed")
	} else if len(gateway.Status.Addresses) == 0 && service == nil {
		trouble(output.Failed, fmt.Sprintf("Gateway %s has no address, and its Service was not found: set `service` of the entry", entry.Gateway),
			fmt.Sprintf("kubectl -n %s edit configmap %s", c.system, config.Name), "troubleshooting.md#gatewaynotprogrammed")
	} else if len(gateway.Status.Addresses) == 0 {
		trouble(output.Warning, fmt.Sprintf("Gateway %s has no address: the name of %s is published", entry.Gateway, found), describe, "domains.md")
	}
	c.admits(entry, gateway, trouble, patch)
	if entry.Visibility == v1alpha1.IngressVisibilityClusterLocal && service != nil && !dataplane.Leads(80, service, slicesOf) {
		trouble(output.Failed, fmt.Sprintf("callers in the cluster come to port 80 of Service %s, which it does not have", name),
			describe, "troubleshooting.md#gatewayunsuitable")
	}
	if exposed := c.exposed(entry, gateway); exposed != "" {
		trouble(output.Warning, "cluster-local hosts are reachable from outside: "+exposed, "kubectl get services -A", "troubleshooting.md#localgatewayexposed")
	}
	if finding.State == output.OK {
		c.add(finding)
	}
	return nil
}

// admits checks that routes and ListenerSets of other namespaces may be attached.
func (c *checker) admits(entry config.Entry, gateway *gatewayv1.Gateway, trouble func(output.State, string, string, string), patch func(string) string) {
	attachment := dataplane.Attachment{Gateway: gateway, Section: entry.HTTPListener, Tenant: aTenant}
	host := "a-host.example.com"
	if entry.Visibility == v1alpha1.IngressVisibilityClusterLocal {
		host = "a-service.a-namespace.svc.cluster.local"
	}
	if _, refusal := attachment.ListenerFor(host); refusal != "" && entry.NamespaceSelector == nil && !strings.Contains(refusal, ".hostname") {
		trouble(output.Failed, refusal, fmt.Sprintf("kubectl -n %s patch gateway %s --type json -p '%s'", entry.Gateway.Namespace, entry.Gateway.Name, admitAll(gateway)), "troubleshooting.md#routenotaccepted")
	}
	if refusal := dataplane.NotAdmitted(gateway, aTenant); refusal != "" && entry.NamespaceSelector == nil {
		trouble(output.Warning, fmt.Sprintf("Gateway %s admits no ListenerSets: certificates will be written onto the Gateway, which has room for 64 listeners", entry.Gateway),
			patch(`{"spec":{"allowedListeners":{"namespaces":{"from":"All"}}}}`), "tls.md")
	}
}

// admitAll is a JSON patch after which each listener admits routes from all namespaces.
func admitAll(gateway *gatewayv1.Gateway) string {
	patches := []string{}
	for i := range gateway.Spec.Listeners {
		patches = append(patches, fmt.Sprintf(`{"op":"add","path":"/spec/listeners/%d/allowedRoutes","value":{"namespaces":{"from":"All"}}}`, i))
	}
	return "[" + strings.Join(patches, ",") + "]"
}

func (c *checker) exposed(entry config.Entry, gateway *gatewayv1.Gateway) string {
	if entry.Visibility != v1alpha1.IngressVisibilityClusterLocal {
		return ""
	}
	if _, shared := c.reader.State().Config.Entry(v1alpha1.IngressVisibilityExternalIP, entry.Gateway); shared {
		return "" // the operator has said so, and the webhook has warned
	}
	class := c.reader.ClassOf(entry.Gateway)
	if class == nil {
		return ""
	}
	service, _, err := observe.ServiceOf(c.reader, entry, dataplane.Owner{Gateway: gateway, Controller: class.Spec.ControllerName})
	if err != nil || service == nil {
		return ""
	}
	return dataplane.Exposure(gateway, service, dataplane.LoadBalancer(gateway, service))
}
