// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// written is an HTTPRoute that its creator, a gateway and another client have written.
func written(t *testing.T, client *fake.Clientset) *gatewayv1.HTTPRoute {
	t.Helper()
	stored := get(t, client, "a")
	stored.Annotations["theirs"], stored.Labels["theirs"] = strings.Repeat("x", 100<<10), "label"
	stored, err := client.GatewayV1().HTTPRoutes("default").Update(t.Context(), stored, metav1.UpdateOptions{FieldManager: "external-dns"})
	if err != nil {
		t.Fatal(err)
	}
	fields := `{"f:status":{"f:parents":{}}}`
	stored.ManagedFields = append(stored.ManagedFields, metav1.ManagedFieldsEntry{
		Manager: "envoy-gateway", Operation: "Update", APIVersion: gatewayv1.GroupVersion.String(), FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}, Subresource: "status",
	})
	if err := client.Tracker().Update(schema.GroupVersion(gatewayv1.GroupVersion).WithResource("httproutes"), stored, "default"); err != nil {
		t.Fatal(err)
	}
	return get(t, client, "a")
}

// TestTrim: B-OPS-2, B-TRN-6, B-INS-8, a trimmed object leads to the same plan, and what is then written
// leaves to others what they have.
func TestTrim(t *testing.T) {
	stale := func(r *gatewayv1.HTTPRoute) { r.Labels["stale"], r.Annotations["stale"] = "label", "annotation" }
	for name, test := range map[string]struct {
		manager string
		stored  *gatewayv1.HTTPRoute
		updates int
		keeps   []string // annotations
	}{
		"as it should be":           {"net-gateways", route("a"), 0, []string{"ours"}},
		"what we do not want more":  {"net-gateways", route("a", stale), 1, []string{"ours", "stale"}},
		"the single-gateway plugin": {"controller", route("a", stale), 1, []string{"ours", "stale", "theirs"}},
	} {
		t.Run(name, func(t *testing.T) {
			client := apiServerOf(t, test.manager, test.stored)
			whole := written(t, client)
			trimmed := whole.DeepCopy()
			apply.Trim(trimmed)
			changes := apply.Plan(owner, list(trimmed), list(route("a")))
			if all := apply.Plan(owner, list(whole), list(route("a"))); len(changes.Update) != test.updates || len(all.Update) != test.updates {
				t.Errorf("%d updates, %d of the whole", len(changes.Update), len(all.Update))
			}
			if diff := gocmp.Diff(test.keeps, slices.Sorted(maps.Keys(trimmed.Annotations))); diff != "" {
				t.Errorf("Annotations: %s", diff)
			}
			for _, entry := range trimmed.ManagedFields {
				if entry.Subresource != "" || test.manager == "net-gateways" && entry.Manager != test.manager {
					t.Errorf("It has kept the fields of %s", entry.Manager)
				}
			}
			if _, err := apply.HTTPRoutes(client).Apply(t.Context(), owner, changes); err != nil {
				t.Fatal(err)
			}
			stored := get(t, client, "a")
			if diff := gocmp.Diff(whole.Annotations["theirs"], stored.Annotations["theirs"]); diff != "" || stored.Labels["theirs"] != "label" || stored.Labels["stale"] != "" {
				t.Errorf("Labels %v, annotations %s", stored.Labels, diff)
			}
			if !slices.ContainsFunc(stored.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool { return entry.Manager == "envoy-gateway" }) {
				t.Error("The gateway has lost its fields")
			}
		})
	}
}

// TestTrimKeepsWhatIsNamed: B-RDY-4, the annotation with the phase of a rollout stays, whichever manager wrote it last.
func TestTrimKeepsWhatIsNamed(t *testing.T) {
	trimmed := written(t, apiServer(t, route("a")))
	apply.Trim(trimmed, "theirs")
	if len(trimmed.Annotations["theirs"]) != 100<<10 {
		t.Error("It is gone")
	}
}
