// SPDX-License-Identifier: Apache-2.0

package clitest

import (
	"encoding/json"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// Change returns a Store with the objects of a text merged into those of a Store. Objects that are named in gone, a line
// KIND NAMESPACE/NAME each, are left out.
func Change(t *testing.T, store *objects.Store, text, gone string) *objects.Store {
	t.Helper()
	patches := objects.NewStore()
	if err := patches.Decode([]byte(text)); err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{}
	for line := range strings.Lines(gone) {
		left[strings.TrimSpace(line)] = true
	}
	changed := objects.NewStore()
	each(t, store, func(kind objects.Kind, object *unstructured.Unstructured) {
		name := kind.File() + " " + object.GetNamespace() + "/" + object.GetName()
		if !left[name] {
			add(t, changed, object)
		}
		delete(left, name)
	})
	for name := range left {
		t.Fatalf("there is no %s", name)
	}
	each(t, patches, func(kind objects.Kind, patch *unstructured.Unstructured) {
		known, err := changed.Get(kind, types.NamespacedName{Namespace: patch.GetNamespace(), Name: patch.GetName()})
		if err != nil {
			t.Fatal(err)
		}
		if known != nil {
			patch = merged(t, known, patch)
		}
		add(t, changed, patch)
	})
	return changed
}

func merged(t *testing.T, object, patch *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	before, err := object.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	change, err := json.Marshal(patch.Object)
	if err != nil {
		t.Fatal(err)
	}
	after, err := jsonpatch.MergePatch(before, change)
	if err != nil {
		t.Fatal(err)
	}
	found := &unstructured.Unstructured{}
	if err := found.UnmarshalJSON(after); err != nil {
		t.Fatal(err)
	}
	return found
}

func each(t *testing.T, store *objects.Store, visit func(objects.Kind, *unstructured.Unstructured)) {
	t.Helper()
	for _, kind := range objects.Kinds {
		all, err := store.List(kind, "", labels.Everything())
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range all {
			visit(kind, object)
		}
	}
}

func add(t *testing.T, store *objects.Store, object *unstructured.Unstructured) {
	t.Helper()
	if err := store.Add(object); err != nil {
		t.Fatal(err)
	}
}
