// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

// Trim removes from an object what Plan does not read, to save memory in caches: the managed fields of its
// status, and, once the controller has written the object, those of other managers and their annotations (of up to
// 256 KiB), except the given keys.
func Trim(object metav1.Object, but ...string) {
	entries := slices.DeleteFunc(slices.Clone(object.GetManagedFields()), func(entry metav1.ManagedFieldsEntry) bool { return entry.Subresource != "" })
	own := slices.DeleteFunc(slices.Clone(entries), func(entry metav1.ManagedFieldsEntry) bool { return entry.Manager != FieldManager })
	if len(own) == 0 { // leftovers needs the fields of others
		object.SetManagedFields(entries)
		return
	}
	object.SetManagedFields(own)
	keys := sets.New(but...)
	for _, entry := range own {
		fieldsOf(entry).WithPrefix(field("metadata")).WithPrefix(field("annotations")).Iterate(func(path fieldpath.Path) {
			if len(path) > 0 && path[0].FieldName != nil {
				keys.Insert(*path[0].FieldName)
			}
		})
	}
	annotations := maps.Clone(object.GetAnnotations())
	maps.DeleteFunc(annotations, func(key, _ string) bool { return !keys.Has(key) })
	object.SetAnnotations(annotations)
}
