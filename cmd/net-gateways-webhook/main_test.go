// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

// manifest decodes the one object of a kind in a file of config/.
func manifest[T any](t *testing.T, file, kind string) *T {
	t.Helper()
	text, err := os.ReadFile("../../config/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		if strings.Contains("\n"+document, "\nkind: "+kind+"\n") {
			object := new(T)
			if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			return object
		}
	}
	t.Fatalf("no %s in %s", kind, file)
	return nil
}

// B-INS-1, B-INS-4: the names in this program are those in the manifests.
func TestManifests(t *testing.T) {
	configuration := manifest[admissionv1.ValidatingWebhookConfiguration](t, "500-webhook-configuration.yaml", "ValidatingWebhookConfiguration")
	if configuration.Name != configurationName || len(configuration.Webhooks) != 1 {
		t.Fatalf("%s with %d webhooks", configuration.Name, len(configuration.Webhooks))
	}
	hook := configuration.Webhooks[0]
	if hook.Name != configurationName { // or knative.dev/pkg skips it
		t.Errorf("webhook %s", hook.Name)
	}
	if len(hook.Rules) > 0 || len(hook.ClientConfig.CABundle) > 0 {
		t.Error("an apply would undo what the webhook wrote, or block its own installation")
	}
	service := manifest[corev1.Service](t, "400-webhook.yaml", "Service")
	if service.Name != component || hook.ClientConfig.Service.Name != component {
		t.Errorf("Service %s, called as %s", service.Name, hook.ClientConfig.Service.Name)
	}
	secret := manifest[corev1.Secret](t, "400-webhook.yaml", "Secret")
	if secret.Name != secretName || len(secret.Data)+len(secret.StringData) > 0 {
		t.Errorf("Secret %s with data %t", secret.Name, len(secret.Data) > 0)
	}
	pod := manifest[appsv1.Deployment](t, "400-webhook.yaml", "Deployment").Spec.Template
	if pod.Labels["app"] != service.Spec.Selector["app"] {
		t.Errorf("the Service selects %v, not %v", service.Spec.Selector, pod.Labels)
	}
	if !slices.ContainsFunc(pod.Spec.Containers[0].Ports, func(p corev1.ContainerPort) bool {
		return p.Name == service.Spec.Ports[0].TargetPort.String() && p.ContainerPort == port
	}) {
		t.Errorf("no port %d in %v", port, pod.Spec.Containers[0].Ports)
	}
}

// B-OPS-5: of all Secrets, the webhook may see its own.
func TestSecretRules(t *testing.T) {
	role := manifest[rbacv1.Role](t, "200-webhook-roles.yaml", "Role")
	clusterRole := manifest[rbacv1.ClusterRole](t, "200-webhook-roles.yaml", "ClusterRole")
	for _, rule := range append(role.Rules, clusterRole.Rules...) {
		if slices.Contains(rule.Resources, "secrets") && !slices.Equal(rule.ResourceNames, []string{secretName}) {
			t.Errorf("%+v", rule)
		}
	}
}
