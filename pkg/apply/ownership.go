// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"bytes"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// FieldManager is the field manager of all writes but those of listeners on Gateways.
const FieldManager = "net-gateways"

// leftovers are the field managers with fields that the controller must remove, and that its server-side
// apply alone would leave in place:
//
//   - its own, if the Create wrote a label, annotation or list entry that is not
//     wanted any more: the API server records a Create as an update, not as an apply;
//   - those of the plugin from which it takes over an object: the field managers that have updated the
//     spec of an object that the controller has never written (SPEC B-INS-8).
//
// The fields of all other managers stay.
func leftovers(have, want metav1.Object, read fieldSets) sets.Set[string] {
	found := sets.New[string]()
	takenOver := true
	for _, entry := range have.GetManagedFields() {
		if entry.Manager == FieldManager && entry.Subresource == "" {
			takenOver = false
		}
	}
	for _, entry := range have.GetManagedFields() {
		if entry.Subresource != "" {
			continue
		}
		fields := read.of(entry)
		switch {
		case entry.Manager == FieldManager && ownsUnwanted(fields, want):
			found.Insert(entry.Manager)
		case takenOver && entry.Operation == metav1.ManagedFieldsOperationUpdate && ownsSpec(fields):
			found.Insert(entry.Manager)
		}
	}
	return found
}

// fieldsOf reads the field set of an entry; an unreadable one owns nothing.
func fieldsOf(entry metav1.ManagedFieldsEntry) *fieldpath.Set {
	set := &fieldpath.Set{}
	if entry.FieldsV1 != nil {
		if err := set.FromJSON(bytes.NewReader(entry.FieldsV1.Raw)); err != nil {
			return &fieldpath.Set{}
		}
	}
	return set
}

// fieldSets are the field sets that were read, by their text: the objects of an owner mostly have the same one.
type fieldSets map[string]*fieldpath.Set

func (f fieldSets) of(entry metav1.ManagedFieldsEntry) *fieldpath.Set {
	if entry.FieldsV1 == nil {
		return &fieldpath.Set{}
	}
	if f[string(entry.FieldsV1.Raw)] == nil {
		f[string(entry.FieldsV1.Raw)] = fieldsOf(entry)
	}
	return f[string(entry.FieldsV1.Raw)]
}

func field(name string) fieldpath.PathElement {
	return fieldpath.PathElement{FieldName: &name}
}

func ownsSpec(fields *fieldpath.Set) bool {
	return !fields.WithPrefix(field("spec")).Empty()
}

// ownsUnwanted tells whether the fields have a label, annotation or list entry that is not wanted.
func ownsUnwanted(fields *fieldpath.Set, want metav1.Object) bool {
	metadata, kind := fields.WithPrefix(field("metadata")), kindOf(want)
	owners := map[string]bool{}
	for uid := range uidsOf(want) {
		owners[uid] = true
	}
	return IsShared(want) && ownsOther(metadata.WithPrefix(field("ownerReferences")), owners) ||
		ownsOther(metadata.WithPrefix(field("labels")), want.GetLabels()) ||
		ownsOther(metadata.WithPrefix(field("annotations")), want.GetAnnotations()) ||
		kind.list != "" && ownsOther(fields.WithPrefix(field("spec")).WithPrefix(field(kind.list)), kind.entries)
}

// ownsOther tells whether the fields have a field or list entry that is not among the wanted.
func ownsOther[V any](fields *fieldpath.Set, wanted map[string]V) bool {
	found := false
	fields.Iterate(func(path fieldpath.Path) {
		if len(path) == 0 {
			return
		}
		if name, named := nameIn(path[0]); named {
			_, ok := wanted[name]
			found = found || !ok
		}
	})
	return found
}

// nameIn is the name of a field, or the key of a list entry: the UID of an owner, else its name.
func nameIn(element fieldpath.PathElement) (string, bool) {
	if element.FieldName != nil {
		return *element.FieldName, true
	}
	if element.Key != nil {
		for _, key := range *element.Key {
			if (key.Name == "name" || key.Name == "uid") && key.Value.IsString() {
				return key.Value.AsString(), true
			}
		}
	}
	return "", false
}
