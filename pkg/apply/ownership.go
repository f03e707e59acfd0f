// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"bytes"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// FieldManager is the name under which we own fields.
const FieldManager = "net-gateways"

// leftovers are the field managers whose plain updates hold fields that are ours to
// remove, and that server-side apply alone would leave in place:
//
//   - ourselves, where the Create wrote a label or annotation that is not wanted any
//     more: the API server books a Create as an update, not as an apply;
//   - whoever wrote the spec of an object that we have never written: the plugin
//     from which we take it over (SPEC B-INS-8).
//
// Everybody else's fields stay.
func leftovers(have, want *gatewayv1.HTTPRoute) sets.Set[string] {
	found := sets.New[string]()
	takenOver := true
	for _, entry := range have.ManagedFields {
		if entry.Manager == FieldManager && entry.Subresource == "" {
			takenOver = false
		}
	}
	for _, entry := range have.ManagedFields {
		if entry.Subresource != "" {
			continue
		}
		fields := fieldsOf(entry)
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

func field(name string) fieldpath.PathElement {
	return fieldpath.PathElement{FieldName: &name}
}

func ownsSpec(fields *fieldpath.Set) bool {
	return !fields.WithPrefix(field("spec")).Empty()
}

// ownsUnwanted tells whether a label or annotation is owned that is not wanted.
func ownsUnwanted(fields *fieldpath.Set, want *gatewayv1.HTTPRoute) bool {
	metadata := fields.WithPrefix(field("metadata"))
	for name, wanted := range map[string]map[string]string{"labels": want.Labels, "annotations": want.Annotations} {
		unwanted := false
		metadata.WithPrefix(field(name)).Iterate(func(path fieldpath.Path) {
			if len(path) == 1 && path[0].FieldName != nil {
				if _, ok := wanted[*path[0].FieldName]; !ok {
					unwanted = true
				}
			}
		})
		if unwanted {
			return true
		}
	}
	return false
}
