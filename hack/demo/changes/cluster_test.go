// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"
)

// kinds are those that the tests know, by resource; Namespaces and GatewayClasses have no namespace.
var kinds = map[schema.GroupVersionResource]string{
	namespaces:      "Namespace",
	configMaps:      "ConfigMap",
	knativeServices: "Service",
	kingresses:      "Ingress",
	leases:          "Lease",
	{Group: "apps", Version: "v1", Resource: "deployments"}:                         "Deployment",
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}:       "Gateway",
	{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gatewayclasses"}: "GatewayClass",
}

// aCluster is one in memory, which counts writes and can refuse one of them.
type aCluster struct {
	Cluster
	client         *fake.FakeDynamicClient
	writes, refuse int
}

var errKilled = errors.New("killed")

func newCluster(t *testing.T, objects ...*unstructured.Unstructured) *aCluster {
	t.Helper()
	listKinds, mapper := map[schema.GroupVersionResource]string{}, meta.NewDefaultRESTMapper(nil)
	for resource, kind := range kinds {
		listKinds[resource] = kind + "List"
		scope := meta.RESTScopeNamespace
		if kind == "Namespace" || kind == "GatewayClass" {
			scope = meta.RESTScopeRoot
		}
		mapper.AddSpecific(resource.GroupVersion().WithKind(kind), resource, resource, scope)
	}
	client := fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), listKinds)
	for _, object := range objects {
		if err := client.Tracker().Add(object.DeepCopy()); err != nil {
			t.Fatal(err)
		}
	}
	c := &aCluster{Cluster: Cluster{Dynamic: client, Mapper: mapper}, client: client}
	client.PrependReactor("*", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		if slices.Contains([]string{"get", "list"}, action.GetVerb()) {
			return false, nil, nil
		}
		c.writes++
		if c.writes == c.refuse {
			return true, nil, errKilled
		}
		if remove, ok := action.(clienttesting.DeleteAction); ok && action.GetResource() == namespaces {
			for resource := range kinds { // what is in it goes, too, as far as the demo has put it there
				for _, name := range []string{recordName, "hello"} {
					_ = client.Tracker().Delete(resource, remove.GetName(), name)
				}
			}
			return false, nil, nil
		}
		if patch, ok := action.(clienttesting.PatchAction); ok { // the fake has no server-side apply
			object := &unstructured.Unstructured{}
			if err := json.Unmarshal(patch.GetPatch(), object); err != nil {
				return true, nil, err
			}
			return true, object, client.Tracker().Update(action.GetResource(), object, action.GetNamespace())
		}
		return false, nil, nil
	})
	return c
}

// state has all objects by name, as JSON.
func (c *aCluster) state(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for resource := range kinds {
		list, err := c.client.Resource(resource).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range list.Items {
			text, err := object.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			all[objectOf(&object).String()] = string(text)
		}
	}
	return all
}

func configMap(name string, data map[string]any) *unstructured.Unstructured {
	object := newObject("v1", "ConfigMap", "knative-serving", name)
	object.Object["data"] = data
	return object
}

func theirs() []*unstructured.Unstructured {
	return []*unstructured.Unstructured{
		newObject("v1", "Namespace", "", "knative-serving"),
		configMap("config-domain", map[string]any{"example.com": ""}),
		configMap("config-gateway", map[string]any{"external-gateways": "- class: theirs\n"}),
		newObject("gateway.networking.k8s.io/v1", "GatewayClass", "", "internal"),
		newObject("coordination.k8s.io/v1", "Lease", "knative-serving", "controller.theirs"),
		madeGateway("knative-external-old"),
	}
}

// madeGateway is one that a net-gateways has made for an entry with nothing but a class.
func madeGateway(name string) *unstructured.Unstructured {
	gateway := newObject("gateway.networking.k8s.io/v1", "Gateway", "knative-serving", name)
	gateway.SetLabels(map[string]string{"app.kubernetes.io/managed-by": "net-gateways"})
	return gateway
}

const entries = "- class: blue\n  gateway: gateways/blue\n- class: green\n  gateway: gateways/green\n  label-selector: gateway=green\n"

// demo does what `demo install` does, and what the controllers of a cluster do then.
func (c *aCluster) demo(ctx context.Context) error {
	record, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	keys, err := c.Plan(ctx, record, []Wanted{
		{"knative-serving", "config-gateway", "external-gateways", func(former *string) (string, error) { return AddEntries(former, entries) }},
		{"knative-serving", "config-gateway", "local-gateways", func(former *string) (string, error) { return AddEntries(former, entries) }},
		{"knative-serving", "config-domain", "demo.example.com", func(*string) (string, error) { return "selector: {}", nil }},
	})
	if err != nil {
		return err
	}
	if _, err := c.Create(ctx, record, &record.Release, []*unstructured.Unstructured{
		configMap("config-gateway", map[string]any{"_example": "x"}),
		newObject("apps/v1", "Deployment", "knative-serving", "net-gateways-controller"),
	}); err != nil {
		return err
	}
	if _, err := c.Create(ctx, record, &record.Gateways, []*unstructured.Unstructured{
		newObject("v1", "Namespace", "", "gateways"),
		newObject("gateway.networking.k8s.io/v1", "GatewayClass", "", "internal"),
		newObject("gateway.networking.k8s.io/v1", "Gateway", "gateways", "blue"),
	}); err != nil {
		return err
	}
	if err := c.Write(ctx, record, keys); err != nil {
		return err
	}
	for _, object := range []*unstructured.Unstructured{
		newObject("serving.knative.dev/v1", "Service", Namespace, "hello"),
		newObject("coordination.k8s.io/v1", "Lease", "knative-serving", "net-gateways-controller.00-of-01"),
		madeGateway("knative-external-theirs"),
	} {
		if err := c.client.Tracker().Add(object); err != nil && !strings.Contains(err.Error(), "already exists") {
			return err
		}
	}
	return nil
}

func (c *aCluster) undo(t *testing.T) []string {
	t.Helper()
	said := []string{}
	if err := c.Undo(t.Context(), func(step string) { said = append(said, step) }); err != nil {
		t.Fatalf("undo: %v, after %q", err, said)
	}
	return said
}

func expectState(t *testing.T, when string, want, got map[string]string) {
	t.Helper()
	for name := range got {
		if want[name] != got[name] {
			t.Errorf("%s: %s is %.200s\nwant %.200s", when, name, got[name], want[name])
		}
	}
	for name := range want {
		if got[name] == "" {
			t.Errorf("%s: %s is gone", when, name)
		}
	}
}
