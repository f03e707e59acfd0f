// SPDX-License-Identifier: Apache-2.0

package check

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

const (
	groupPrograms  = "net-gateways"
	controllerName = "net-gateways-controller"
	webhookName    = "config.webhook.net-gateways.networking.internal.knative.dev"
)

// controller checks the controller: that there is one installation, that it runs, and that its replicas are of one version.
func (c *checker) controller() error {
	everywhere, seen, err := c.list(objects.Deployments, "", labels.Set{"app.kubernetes.io/name": "net-gateways", "app.kubernetes.io/component": "controller"})
	if err != nil {
		return err
	}
	for _, other := range everywhere {
		if seen && other.GetNamespace() != c.system {
			c.add(Finding{Group: groupPrograms, Code: "installations", State: output.Failed,
				Detail: fmt.Sprintf("Deployment %s/%s is a second installation: the two undo each other's writes", other.GetNamespace(), other.GetName()),
				Fix:    fmt.Sprintf("kubectl -n %s delete deployment %s", other.GetNamespace(), other.GetName()), More: docs("troubleshooting.md#writtenbyothers")})
		}
	}
	if err := c.running(controllerName); err != nil {
		return err
	}
	return c.versions(controllerName)
}

// running checks that a Deployment has a ready replica.
func (c *checker) running(name string) error {
	found, seen, err := c.get(objects.Deployments, c.system, name)
	if err != nil {
		return err
	}
	finding := Finding{Group: groupPrograms, Code: strings.TrimPrefix(name, "net-gateways-"), State: output.Failed, More: docs("install.md#when-the-programs-do-not-start")}
	switch {
	case !seen:
		finding = unseen(groupPrograms, finding.Code, "Deployment "+c.system+"/"+name)
	case found == nil:
		finding.Detail, finding.Fix = fmt.Sprintf("Deployment %s/%s does not exist: net-gateways is not installed", c.system, name), installed()
	case number(found, "spec", "replicas") == 0:
		finding.Detail, finding.Fix = fmt.Sprintf("Deployment %s/%s has no replicas", c.system, name), scaled(c.system, name, 2)
	case number(found, "status", "readyReplicas") == 0:
		finding.Detail, finding.Fix = fmt.Sprintf("no pod of Deployment %s/%s is ready", c.system, name), restarted(c.system, name)
		finding.Look = fmt.Sprintf("kubectl -n %s describe pods -l app=%s", c.system, name)
	default:
		finding.State, finding.More = output.OK, ""
		finding.Detail = fmt.Sprintf("%d of %d replicas are ready", number(found, "status", "readyReplicas"), number(found, "spec", "replicas"))
	}
	c.add(finding)
	return nil
}

// versions checks that all pods of a program run the same image.
func (c *checker) versions(app string) error {
	pods, seen, err := c.list(objects.Pods, c.system, labels.Set{"app": app})
	if err != nil || !seen {
		return err
	}
	images := []string{}
	for _, pod := range pods {
		spec, _ := pod.Object["spec"].(map[string]any)
		containers, _ := spec["containers"].([]any)
		for _, one := range containers {
			container, _ := one.(map[string]any)
			if image, _ := container["image"].(string); image != "" && container["name"] == app && !slices.Contains(images, image) {
				images = append(images, image)
			}
		}
	}
	if len(images) > 1 {
		slices.Sort(images)
		c.add(Finding{Group: groupPrograms, Code: "versions", State: output.Failed, Detail: fmt.Sprintf("replicas of %s run different images: %s", app, strings.Join(images, ", ")),
			Fix: restarted(c.system, app), More: docs("install.md")})
	}
	return nil
}

// webhook checks that config-gateway is checked when it is written.
func (c *checker) webhook() error {
	found, seen, err := c.get(objects.Webhooks, "", webhookName)
	switch {
	case err != nil:
		return err
	case seen && found == nil:
		c.add(Finding{Group: groupPrograms, Code: "webhook", State: output.Warning, Detail: "config-gateway is not checked when it is written: there is no ValidatingWebhookConfiguration " + webhookName,
			Fix: installed(), More: docs("install.md")})
		return nil
	case !seen:
		c.add(unseen(groupPrograms, "webhook", "ValidatingWebhookConfiguration "+webhookName))
	}
	return c.running("net-gateways-webhook")
}
