// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

const gatewayAPI = "gateway.networking.k8s.io/"

// resources are the API resources of the kinds that informers watch.
var resources = map[watch.Kind]string{
	cluster.HTTPRoutes: gatewayAPI + "httproutes", cluster.OthersRoutes: gatewayAPI + "httproutes", cluster.ListenerSets: gatewayAPI + "listenersets",
	cluster.ReferenceGrants: gatewayAPI + "referencegrants", cluster.BackendTLSPolicies: gatewayAPI + "backendtlspolicies",
	cluster.Gateways: gatewayAPI + "gateways", cluster.GatewayClasses: gatewayAPI + "gatewayclasses",
	cluster.Services: "/services", cluster.ConfigMaps: "/configmaps", cluster.Secrets: "/secrets", cluster.EndpointSlices: "discovery.k8s.io/endpointslices",
	cluster.Deployments: "apps/deployments", cluster.CRDs: "apiextensions.k8s.io/customresourcedefinitions",
}

// applied are the kinds that pkg/apply writes. It also gets objects that the caches do not have.
var applied = []watch.Kind{cluster.HTTPRoutes, cluster.ListenerSets, cluster.ReferenceGrants, cluster.BackendTLSPolicies, cluster.ConfigMaps}

// besides are the verbs that the controller uses without an informer of this package, by resource.
var besides = map[string][]string{
	"networking.internal.knative.dev/ingresses":            {"list", "watch", "patch", "get"}, // finalizers; who else writes the status
	"networking.internal.knative.dev/ingresses/status":     {"update"},
	"networking.internal.knative.dev/ingresses/finalizers": {"update"}, // OwnerReferencesPermissionEnforcement
	gatewayAPI + "gateways":                                {"create", "patch", "delete"},
	gatewayAPI + "httproutes/status":                       {"patch"}, // those of users with a Knative object as their parent
	"/namespaces":                                          {"list", "watch"},
	"/events":                                              {"create", "patch"},
	"coordination.k8s.io/leases":                           {"get", "create", "update"},
}

// TestRights: B-OPS-5, the controller has the verbs that it uses, and no others.
func TestRights(t *testing.T) {
	want := map[string]sets.Set[string]{}
	use := func(resource string, verbs ...string) {
		if want[resource] == nil {
			want[resource] = sets.New[string]()
		}
		want[resource].Insert(verbs...)
	}
	for kind := range (cluster.Clients{}).Trims() {
		use(resources[kind], "list", "watch")
	}
	for _, kind := range applied {
		use(resources[kind], "get", "create", "patch", "delete")
	}
	for resource, verbs := range besides {
		use(resource, verbs...)
	}
	have := map[string]sets.Set[string]{}
	for _, file := range []string{"200-controller-cluster-role.yaml", "200-controller-role.yaml"} {
		for _, rule := range rules(t, file) {
			for _, group := range rule.APIGroups {
				for _, resource := range rule.Resources {
					name := group + "/" + resource
					have[name] = sets.New(rule.Verbs...).Union(have[name])
				}
			}
		}
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("What is used, and what is granted:\n%s", diff)
	}
}

// rules are the rules of the roles in a file.
func rules(t *testing.T, file string) []rbacv1.PolicyRule {
	t.Helper()
	content, err := os.ReadFile("../../config/" + file)
	if err != nil {
		t.Fatal(err)
	}
	found := []rbacv1.PolicyRule{}
	for _, document := range bytes.Split(content, []byte("\n---\n")) {
		role := rbacv1.ClusterRole{}
		if err := yaml.Unmarshal(document, &role); err != nil {
			t.Fatal(err)
		}
		found = append(found, role.Rules...)
	}
	return found
}
