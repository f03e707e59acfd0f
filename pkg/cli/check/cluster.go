// SPDX-License-Identifier: Apache-2.0

package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/version"
	netconfig "knative.dev/networking/pkg/config"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
)

const (
	groupKubernetes = "kubernetes"
	groupKnative    = "knative"
)

var minimumKubernetes = version.MustParseGeneric("v1.34.0")

func (c *checker) kubernetes(running string) {
	installed, err := version.ParseGeneric(running)
	switch {
	case err != nil:
		c.add(Finding{Group: groupKubernetes, Code: "version", State: output.Unknown, Detail: "the version of Kubernetes is not known"})
	case installed.LessThan(minimumKubernetes):
		c.add(Finding{Group: groupKubernetes, Code: "version", State: output.Failed, More: docs("install.md"),
			Detail: fmt.Sprintf("Kubernetes %s is too old: v%s or newer is needed", running, minimumKubernetes), Fix: kubernetesUpgraded(installed)})
	default:
		c.add(Finding{Group: groupKubernetes, Code: "version", State: output.OK, Detail: "Kubernetes " + running})
	}
}

func (c *checker) crds() error {
	wanted, unread := slices.Concat(gatewayapi.Required, gatewayapi.Optional), map[string]bool{}
	for _, crd := range wanted {
		stored, seen, err := c.get(objects.CRDs, "", crd.Name())
		if err != nil {
			return err
		}
		if unread[crd.Name()] = !seen; stored != nil {
			c.gatewayCRDs = append(c.gatewayCRDs, stored)
		}
	}
	for _, crd := range wanted {
		stored := c.crd(crd.Name())
		finding := Finding{Group: groupKubernetes, Code: crd.Resource, State: output.OK}
		missing := (*gatewayapi.Missing)(nil)
		switch {
		case unread[crd.Name()]:
			finding = unseen(groupKubernetes, crd.Resource, "CustomResourceDefinition "+crd.Name())
		case stored == nil:
			missing = crd.Absent()
		default:
			finding.Detail, missing = "Gateway API "+gatewayapi.Release(stored), crd.Outdated(stored)
		}
		if missing != nil {
			finding.State, finding.Detail, finding.More = output.Failed, missing.Detail, docs("troubleshooting.md#gatewayapimissing")
			finding.Fix = c.gatewayAPI()
		}
		if missing != nil && crd.Without != "" {
			finding.State, finding.Detail = output.Warning, missing.Detail+"; without it "+crd.Without
		}
		c.add(finding)
	}
	return nil
}

// crd is one of the Gateway API; nil if it does not exist.
func (c *checker) crd(name string) *unstructured.Unstructured {
	for _, stored := range c.gatewayCRDs {
		if stored.GetName() == name {
			return stored
		}
	}
	return nil
}

func (c *checker) classes() error {
	proposals, err := c.reader.Proposals("")
	if err != nil {
		return err
	}
	finding := Finding{Group: groupKubernetes, Code: "classes", State: output.OK, Detail: "accepted GatewayClasses: " + strings.Join(proposals.Classes, ", ")}
	if len(proposals.Classes) == 0 {
		finding.State, finding.Detail, finding.More = output.Failed, "no GatewayClass is accepted: install an implementation of the Gateway API", docs("implementations.md")
		finding.Fix = c.anyAccepted()
	}
	c.add(finding)
	return nil
}

func (c *checker) serving() error {
	controller, seen, err := c.get(objects.Deployments, c.system, "controller")
	if err != nil {
		return err
	}
	finding := Finding{Group: groupKnative, Code: "serving", State: output.OK}
	switch {
	case !seen:
		finding = unseen(groupKnative, "serving", "Deployment "+c.system+"/controller")
	case controller == nil:
		finding.State, finding.More = output.Failed, docs("install.md")
		finding.Detail, finding.Fix = fmt.Sprintf("Knative Serving is not in namespace %s (--serving-namespace names another one)", c.system), servingInstalled()
	default:
		finding.Detail = "Knative Serving " + cmp.Or(controller.GetLabels()["app.kubernetes.io/version"], "of an unknown version")
	}
	c.add(finding)
	return nil
}

// competingPlugin is the Deployment of the single-gateway plugin, which serves the same class.
const competingPlugin = "net-gateway-api-controller"

func (c *checker) competing() error {
	found, seen, err := c.get(objects.Deployments, c.system, competingPlugin)
	if err != nil {
		return err
	}
	switch {
	case !seen:
		c.add(unseen(groupKnative, "rival", "Deployment "+c.system+"/"+competingPlugin))
	case found == nil || number(found, "spec", "replicas") == 0 && number(found, "status", "replicas") == 0:
		c.add(Finding{Group: groupKnative, Code: "rival", State: output.OK, Detail: "no other plugin serves the class"})
	default:
		c.add(Finding{Group: groupKnative, Code: "rival", State: output.Failed, More: docs("takeover.md#from-net-gateway-api"),
			Detail: fmt.Sprintf("Deployment %s/%s serves the same class: net-gateways waits while it runs", c.system, competingPlugin),
			Fix:    scaled(c.system, competingPlugin, 0)})
	}
	return nil
}

// data are the data of a ConfigMap of Serving; false if it could not be read.
func (c *checker) data(name string) (map[string]string, bool, error) {
	found, seen, err := c.get(objects.ConfigMaps, c.system, name)
	if found == nil || err != nil {
		return nil, seen, err
	}
	data := map[string]string{}
	content, _ := found.Object["data"].(map[string]any)
	for key, value := range content {
		if text, isText := value.(string); isText && !strings.HasPrefix(key, "_") {
			data[key] = text
		}
	}
	return data, seen, nil
}

// set writes a key of a ConfigMap of Serving, which it creates if it does not exist.
func (c *checker) set(name, key, value string) string {
	stored, _, err := c.get(objects.ConfigMaps, c.system, name)
	if c.fails(err); stored == nil {
		return fmt.Sprintf("kubectl -n %s create configmap %s --from-literal=%s=%s", c.system, name, key, value)
	}
	return patchOf(target{c.system, "configmap", name}, "merge", object{"data": object{key: value}})
}

func (c *checker) class() error {
	data, seen, err := c.data(netconfig.ConfigMapName)
	if err != nil {
		return err
	}
	set := cmp.Or(data["ingress-class"], data["ingress.class"])
	switch {
	case !seen:
		c.add(unseen(groupKnative, "class", "ConfigMap "+c.system+"/"+netconfig.ConfigMapName))
	case set == config.IngressClass:
		c.add(Finding{Group: groupKnative, Code: "class", State: output.OK, Detail: "ingress-class is " + set})
	default:
		c.add(Finding{Group: groupKnative, Code: "class", State: output.Failed, More: docs("install.md"),
			Detail: fmt.Sprintf("ingress-class in ConfigMap %s is %q: Serving asks another plugin for routes", netconfig.ConfigMapName, set),
			Fix:    c.set(netconfig.ConfigMapName, "ingress-class", config.IngressClass)})
	}
	return nil
}

func (c *checker) domain() error {
	const name = "config-domain"
	data, seen, err := c.data(name)
	if err != nil {
		return err
	}
	delete(data, "svc.cluster.local")
	switch {
	case !seen:
		c.add(unseen(groupKnative, "domain", "ConfigMap "+c.system+"/"+name))
	case len(data) == 0:
		c.add(Finding{Group: groupKnative, Code: "domain", State: output.Failed, More: docs("domains.md"),
			Detail: "no domain is set: services have no external hosts", Fix: c.set(name, c.anyDomain(), "") + "   # or a domain of yours"})
	default:
		c.add(Finding{Group: groupKnative, Code: "domain", State: output.OK, Detail: strings.Join(slices.Sorted(maps.Keys(data)), ", ")})
	}
	return nil
}
