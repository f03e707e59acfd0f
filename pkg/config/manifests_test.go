// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// B-OPS-5: pods pass the Pod Security level "restricted", with a root file system
// that no container writes to. B-INS-6: each has two replicas and all three probes.
func TestDeployments(t *testing.T) {
	all := documents(t, "../../config/*.yaml")
	deployments := ofKind[appsv1.Deployment](t, "Deployment", all)
	if len(deployments) != 2 {
		t.Fatalf("%d Deployments", len(deployments))
	}
	for _, d := range deployments {
		pod := d.Spec.Template.Spec
		for _, c := range pod.Containers {
			s := c.SecurityContext
			if s == nil || !*s.RunAsNonRoot || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem ||
				!slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) || len(s.Capabilities.Add) > 0 ||
				s.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
				t.Errorf("%s: %+v", d.Name, s)
			}
			if c.ReadinessProbe == nil || c.LivenessProbe == nil || c.StartupProbe == nil {
				t.Errorf("%s: a probe is missing", d.Name)
			}
			if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
				t.Errorf("%s: %v", d.Name, c.Resources)
			}
		}
		if pod.HostNetwork || len(pod.Volumes) > 0 || *pod.EnableServiceLinks || *d.Spec.Replicas != 2 {
			t.Errorf("%s: %+v", d.Name, pod)
		}
	}
	for _, budget := range ofKind[policyv1.PodDisruptionBudget](t, "PodDisruptionBudget", all) {
		if budget.Spec.MaxUnavailable.IntValue() != 1 {
			t.Errorf("%s would let a drain hang: %+v", budget.Name, budget.Spec)
		}
	}
}

// B-OPS-5: least privilege in the large: no wildcard, no Secret but the one of Serving's
// activator, and of ConfigMaps in other namespaces only those of one name. People with the viewer's role may
// read some by name.
func TestRoles(t *testing.T) {
	all := documents(t, "../../config/*.yaml")
	var rules []rbacv1.PolicyRule
	for _, role := range ofKind[rbacv1.ClusterRole](t, "ClusterRole", all) {
		rules = append(rules, role.Rules...)
		for _, rule := range role.Rules {
			named := slices.Equal(rule.ResourceNames, []string{"net-gateways-internal-tls"}) || slices.Equal(rule.Verbs, []string{"create"})
			read := role.Name == "net-gateways-viewer" && len(rule.ResourceNames) > 0 && slices.Equal(rule.Verbs, []string{"get", "watch"})
			if slices.Contains(rule.Resources, "secrets") || slices.Contains(rule.Resources, "configmaps") && !named && !read {
				t.Errorf("%s in all namespaces: %+v", role.Name, rule)
			}
		}
	}
	for _, role := range ofKind[rbacv1.Role](t, "Role", all) {
		rules = append(rules, role.Rules...)
		if role.Name == "net-gateways-controller" && slices.ContainsFunc(role.Rules, func(r rbacv1.PolicyRule) bool {
			reads := slices.Equal(r.ResourceNames, []string{"routing-serving-certs"}) && slices.Equal(r.Verbs, []string{"list", "watch"})
			return slices.Contains(r.Resources, "secrets") && !reads
		}) {
			t.Errorf("%s may do more with Secrets", role.Name)
		}
	}
	for _, rule := range rules {
		for _, list := range [][]string{rule.APIGroups, rule.Resources, rule.Verbs} {
			if slices.Contains(list, "*") {
				t.Errorf("a wildcard in %+v", rule)
			}
		}
	}
}
