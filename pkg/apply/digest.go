// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// Digest has a hash of each field that the controller wrote into an object.
type Digest map[string][sha256.Size]byte

// DigestOf is the digest of the desired fields, with the values that were stored.
func DigestOf(stored, desired metav1.Object) Digest {
	digest, fields := Digest{}, ownFields(stored)
	for name := range ownFields(desired) {
		digest[name] = sum(fields[name].value)
	}
	return digest
}

// DigestOfValue is the digest of a single value.
func DigestOfValue(value any) Digest { return Digest{"": sum(value)} }

// Matches tells whether these fields of an object still are as the controller wrote them.
func (d Digest) Matches(current metav1.Object) bool {
	fields := ownFields(current)
	for name, written := range d {
		if sum(fields[name].value) != written {
			return false
		}
	}
	return true
}

func sum(value any) [sha256.Size]byte {
	content, err := json.Marshal(value)
	if err != nil { // objects of the API always marshal
		panic(fmt.Sprintf("marshal %T: %v", value, err))
	}
	return sha256.Sum256(content)
}

// ownField is a field that the controller writes: its path and its value.
type ownField struct {
	path  fieldpath.Path
	value any
}

// ownFields are those of an object, by their names in messages.
func ownFields(object metav1.Object) map[string]ownField {
	kind, found := kindOf(object), map[string]ownField{}
	for name, value := range kind.whole {
		parent, child, _ := strings.Cut(name, ".")
		found[name] = ownField{fieldpath.Path{field(parent), field(child)}, value}
	}
	for name, value := range kind.entries {
		key := fieldpath.PathElement{Key: fieldpath.KeyByFields("name", name)}
		found[fmt.Sprintf("spec.%s[%s]", kind.list, name)] = ownField{fieldpath.Path{field("spec"), field(kind.list), key}, value}
	}
	for part, values := range map[string]map[string]string{"labels": object.GetLabels(), "annotations": object.GetAnnotations()} {
		for key, value := range values {
			found[fmt.Sprintf("metadata.%s[%s]", part, key)] = ownField{fieldpath.Path{field("metadata"), field(part), field(key)}, value}
		}
	}
	return found
}

// ConflictingManagers names the other field managers whose fields differ from the wanted ones, with these fields,
// sorted.
func ConflictingManagers(live, want metav1.Object) []string {
	fields, others := ownFields(live), []string{}
	wanted := ownFields(want)
	for _, entry := range live.GetManagedFields() {
		if entry.Manager == FieldManager || entry.Subresource != "" {
			continue
		}
		owned, names := fieldsOf(entry), []string{}
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			if !equality.Semantic.DeepEqual(fields[name].value, wanted[name].value) && owns(owned, wanted[name].path) {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			others = append(others, fmt.Sprintf("%s (%s of %s)", entry.Manager, entry.Operation, strings.Join(names, ", ")))
		}
	}
	slices.Sort(others)
	return slices.Compact(others)
}

// ForeignManagers names the field managers, other than this controller's, that own a field or one inside it, sorted.
func ForeignManagers(object metav1.Object, name ...string) []string {
	path, others := fieldpath.Path{}, []string{}
	for _, part := range name {
		path = append(path, field(part))
	}
	for _, entry := range object.GetManagedFields() {
		ours := entry.Manager == FieldManager || strings.HasPrefix(entry.Manager, dataplane.ListenerManager(""))
		if !ours && entry.Subresource == "" && owns(fieldsOf(entry), path) {
			others = append(others, fmt.Sprintf("%s (%s of %s)", entry.Manager, entry.Operation, strings.Join(name, ".")))
		}
	}
	slices.Sort(others)
	return slices.Compact(others)
}

// owns tells whether a set of fields has a field, or one inside it.
func owns(fields *fieldpath.Set, path fieldpath.Path) bool {
	last := len(path) - 1
	for _, element := range path[:last] {
		fields = fields.WithPrefix(element)
	}
	return fields.Members.Has(path[last]) || !fields.WithPrefix(path[last]).Empty()
}
