// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TestUndo: whatever a demo did, once, twice, or until it was killed before any of its writes, undo puts the cluster back to
// what it was; an undo that was killed itself goes on.
func TestUndo(t *testing.T) {
	whole := newCluster(t, theirs()...)
	before := whole.state(t)
	if err := whole.demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	during, writes := whole.state(t), whole.writes
	if err := whole.demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := whole.state(t); !reflect.DeepEqual(during, after) {
		t.Errorf("the second demo makes of\n%s\nthis:\n%s", during, after)
	}
	begin := whole.writes
	whole.undo(t)
	expectState(t, "after two demos", before, whole.state(t))
	undoing := whole.writes - begin
	if writes < 10 || undoing < 8 {
		t.Fatalf("%d writes of a demo, %d of an undo", writes, undoing)
	}
	for n := 1; n <= writes; n++ {
		when := fmt.Sprintf("killed before write %d", n)
		c := newCluster(t, theirs()...)
		c.refuse = n
		if err := c.demo(t.Context()); !errors.Is(err, errKilled) {
			t.Fatalf("%s: %v", when, err)
		}
		if n%2 == 0 { // and again, to the end
			if err := c.demo(t.Context()); err != nil {
				t.Fatalf("%s: again: %v", when, err)
			}
			expectState(t, when+", and again", during, c.state(t))
		}
		c.undo(t)
		expectState(t, when, before, c.state(t))
	}
	for n := 1; n <= undoing; n++ {
		c := newCluster(t, theirs()...)
		if err := c.demo(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.refuse = c.writes + n
		ctx, cancel := context.WithCancel(t.Context())
		_ = c.Undo(ctx, func(string) {})
		cancel()
		c.refuse = 0
		c.undo(t)
		expectState(t, fmt.Sprintf("an undo that is killed before write %d", n), before, c.state(t))
	}
}

// TestUndoLeavesOthers: what others have changed or created since then stays, and undo says so.
func TestUndoLeavesOthers(t *testing.T) {
	c := newCluster(t, theirs()...)
	if err := c.demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	for resource, object := range map[schema.GroupVersionResource]*unstructured.Unstructured{
		configMaps: configMap("config-gateway", map[string]any{"external-gateways": "- class: new\n"}),
		gateways:   newObject("gateway.networking.k8s.io/v1", "Gateway", "gateways", "blue"),
	} {
		if err := c.client.Tracker().Update(resource, object, object.GetNamespace()); err != nil {
			t.Fatal(err)
		}
	}
	said := strings.Join(c.undo(t), "\n")
	for _, want := range []string{
		`left      external-gateways in ConfigMap knative-serving/config-gateway: it was changed after the demo. Before the demo it was "- class: theirs\n"`,
		"left      Gateway gateways/blue: it has not the label of what the demo creates (app.kubernetes.io/managed-by=net-gateways-demo)",
		"restored  ", "deleted   Namespace net-gateways-demo",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	after := c.state(t)
	if !strings.Contains(after["ConfigMap knative-serving/config-gateway"], "class: new") || after["Gateway gateways/blue"] == "" {
		t.Errorf("%s", after)
	}
}

// TestUndoNothing: without a demo nothing is written, and nothing is said.
func TestUndoNothing(t *testing.T) {
	c := newCluster(t, theirs()...)
	if said := c.undo(t); len(said) > 0 || c.writes > 0 {
		t.Errorf("%d writes, %q", c.writes, said)
	}
}

// TestNamespaceOfOthers: a namespace of this name that is not the demo's is refused, and not deleted.
func TestNamespaceOfOthers(t *testing.T) {
	c := newCluster(t, append(theirs(), newObject("v1", "Namespace", "", Namespace))...)
	if err := c.demo(t.Context()); err == nil || !strings.Contains(err.Error(), "no demo has created it") || c.writes > 0 {
		t.Errorf("%v, %d writes", err, c.writes)
	}
	c.undo(t)
	if c.writes > 0 || c.state(t)["Namespace "+Namespace] == "" {
		t.Errorf("%d writes", c.writes)
	}
}

// TestSummary: what is said has each object and key of the record.
func TestSummary(t *testing.T) {
	former := "- class: theirs\n"
	record := Record{
		Release:  []Object{{"apps/v1", "Deployment", "a", "one"}, {"v1", "Secret", "a", "certs"}, {"apps/v1", "Deployment", "a", "two"}},
		Gateways: []Object{{"gateway.networking.k8s.io/v1", "GatewayClass", "", "blue"}},
		Keys:     []Key{{"a", "config", "x", &former, "new"}, {"a", "config", "y", nil, "new"}},
	}
	want := []string{
		"created   Namespace net-gateways-demo, with the services, and with this list in ConfigMap changes",
		"created   for net-gateways: Deployment a/one, a/two",
		"created   for net-gateways: Secret a/certs",
		"created   for the Gateways: GatewayClass blue",
		`wrote     x in ConfigMap a/config: "new". Before it was "- class: theirs\n"`,
		`wrote     y in ConfigMap a/config: "new". Before it was absent`,
	}
	if got := record.Summary(); !slices.Equal(want, got) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
