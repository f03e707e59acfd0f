// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/features"
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
		c.add(Finding{Group: groupGateways, Code: config.Name, State: output.Failed, Detail: state.Problem.Error(), Fix: c.corrected(), Look: edit, More: docs("config-gateway.md")})
		return nil
	}
	for _, list := range state.Config.AbsentLists() {
		c.add(Finding{Group: groupGateways, Code: config.Name, State: output.Failed, Detail: list + " is not written: new services with such hosts do not become Ready",
			Fix: c.written(), More: docs("troubleshooting.md#gatewaynotconfigured")})
	}
	for _, warning := range state.Warnings {
		c.add(Finding{Group: groupGateways, Code: config.Name, State: output.Warning, Detail: warning.String(), Fix: c.corrected(), Look: edit})
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
	finding := Finding{Group: groupGateways, Code: placeOf(entry), State: output.Failed, More: docs("troubleshooting.md#gatewaynotfound")}
	before := len(c.reader.Unseen())
	gateway, err := c.reader.Gateway(entry.Gateway)
	if err != nil {
		return err
	}
	class, err := c.reader.GatewayClass(entry.Class)
	if err != nil {
		return err
	}
	switch {
	case len(c.reader.Unseen()) > before:
		finding = unseen(groupGateways, placeOf(entry), "Gateway "+entry.Gateway.String()+" or its GatewayClass")
	case class == nil:
		finding.Detail, finding.Fix = fmt.Sprintf("GatewayClass %s does not exist", entry.Class), c.classCreated(entry.Class)
		finding.Look = "kubectl get gatewayclasses"
	case features.NotAccepted(class) != nil:
		accepted := features.NotAccepted(class)
		finding.Detail, finding.Fix = fmt.Sprintf("GatewayClass %s is not accepted: %s", entry.Class, accepted.Message), c.classAccepted(class, accepted.Reason)
		finding.Look = "kubectl describe gatewayclass " + entry.Class
	case gateway == nil:
		finding.Detail, finding.Fix = fmt.Sprintf("Gateway %s does not exist", entry.Gateway), c.gatewayCreated(entry, class.Spec.ControllerName)
	case string(gateway.Spec.GatewayClassName) != entry.Class:
		finding.Detail = fmt.Sprintf("Gateway %s has gatewayClassName %q, and the entry says class %q", entry.Gateway, gateway.Spec.GatewayClassName, entry.Class)
		finding.Fix = onGateway(entry, object{"spec": object{"gatewayClassName": entry.Class}})
	default:
		return c.works(entry, gateway, class)
	}
	c.add(finding)
	return nil
}

// placeOf is where an entry stands in config-gateway.
func placeOf(entry config.Entry) string {
	place, _, _ := strings.Cut(entry.String(), " ")
	return place
}

// onGateway changes the Gateway of an entry.
func onGateway(entry config.Entry, patch object) string {
	return patchOf(target{entry.Gateway.Namespace, "gateway", entry.Gateway.Name}, "merge", patch)
}

// gatewayCreated creates a Gateway as the controller would, but for its name. That of an entry without a name is the controller's to
// create.
func (c *checker) gatewayCreated(entry config.Entry, controller gatewayv1.GatewayController) string {
	if entry.Managed {
		return restarted(c.system, controllerName)
	}
	metadata, listener := object{"namespace": entry.Gateway.Namespace, "name": entry.Gateway.Name}, "http"
	if private := features.Private(controller); private != nil && isLocal(entry) {
		metadata["annotations"] = private
	}
	if entry.HTTPListener != "" {
		listener = entry.HTTPListener
	}
	gateway := object{"apiVersion": gatewayv1.GroupVersion.String(), "kind": "Gateway", "metadata": metadata, "spec": object{
		"gatewayClassName": entry.Class, "allowedListeners": fromAll, "listeners": []object{httpListener(listener)}}}
	if namespace, seen, err := c.get(objects.Namespaces, "", entry.Gateway.Namespace); namespace == nil && seen {
		c.fails(err)
		return applied(object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": entry.Gateway.Namespace}}, gateway)
	}
	return applied(gateway)
}

var fromAll = object{"namespaces": object{"from": "All"}}

func httpListener(name string) object {
	return object{"name": name, "port": 80, "protocol": "HTTP", "allowedRoutes": fromAll}
}
