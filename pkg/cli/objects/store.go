// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Store is a Source of objects in memory.
type Store struct {
	// unnamed is the namespace of objects that name none.
	unnamed string
	objects map[Kind]map[types.NamespacedName]*unstructured.Unstructured
	missing map[Kind]error
}

var _ Source = &Store{}

// NewStore returns an empty Store.
func NewStore() *Store {
	return &Store{unnamed: "default", objects: map[Kind]map[types.NamespacedName]*unstructured.Unstructured{}, missing: map[Kind]error{}}
}

// In makes the Store add objects that name no namespace to this one.
func (s *Store) In(namespace string) *Store {
	s.unnamed = namespace
	return s
}

// With is a copy of the Store with further objects, in place of those of their names.
func (s *Store) With(further ...*unstructured.Unstructured) (*Store, error) {
	changed := &Store{unnamed: s.unnamed, objects: map[Kind]map[types.NamespacedName]*unstructured.Unstructured{}, missing: maps.Clone(s.missing)}
	for kind, objects := range s.objects {
		changed.objects[kind] = maps.Clone(objects)
	}
	for _, object := range further {
		if err := changed.Add(object); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// Add adds an object, in place of one of its name. An object of a kind that no report needs is left out.
func (s *Store) Add(object *unstructured.Unstructured) error {
	gvk := object.GroupVersionKind()
	kind, known := KindOf(gvk.Group, gvk.Kind)
	if !known {
		return nil
	}
	if object.GetName() == "" {
		return fmt.Errorf("an object of kind %s has no metadata.name", kind)
	}
	if !kind.Cluster && object.GetNamespace() == "" {
		object.SetNamespace(s.unnamed) // as kubectl does
	}
	if s.objects[kind] == nil {
		s.objects[kind] = map[types.NamespacedName]*unstructured.Unstructured{}
	}
	s.objects[kind][types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}] = object
	return nil
}

// Without makes the Store answer with an error for a kind.
func (s *Store) Without(kind Kind, err error) { s.missing[kind] = err }

// Missing are the errors for the kinds that could not be read, in the order of Kinds.
func (s *Store) Missing() (found []error) {
	for _, kind := range Kinds {
		if err := s.missing[kind]; err != nil {
			found = append(found, err)
		}
	}
	return found
}

// Len is how many objects it has.
func (s *Store) Len() (n int) {
	for _, objects := range s.objects {
		n += len(objects)
	}
	return n
}

// Get implements Source.
func (s *Store) Get(kind Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	if err := s.missing[kind]; err != nil {
		denied := (*Denied)(nil)
		if errors.As(err, &denied) {
			return nil, &Denied{Kind: kind, Namespace: name.Namespace, Name: name.Name}
		}
		return nil, err
	}
	return s.objects[kind][name], nil
}

// List implements Source. Its result is sorted by namespace and name.
func (s *Store) List(kind Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	if err := s.missing[kind]; err != nil {
		return nil, err
	}
	found := []*unstructured.Unstructured{}
	for name, object := range s.objects[kind] {
		if (namespace == "" || name.Namespace == namespace) && selector.Matches(labels.Set(object.GetLabels())) {
			found = append(found, object)
		}
	}
	slices.SortFunc(found, func(a, b *unstructured.Unstructured) int {
		return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
	})
	return found, nil
}

// Requests implements Source.
func (s *Store) Requests() int { return 0 }

// Snapshot reads all objects of kinds into a Store, with one request a kind.
func Snapshot(source Source, namespace string, kinds ...Kind) (*Store, error) {
	store := NewStore()
	for _, kind := range kinds {
		if err := store.Take(source, kind, namespace); err != nil {
			return nil, err
		}
	}
	return store, nil
}

// Take adds all objects of a kind and a namespace, with one request. What may not be read stays an answer of the Store.
func (s *Store) Take(source Source, kind Kind, namespace string) error {
	if kind.Cluster {
		namespace = ""
	}
	all, err := source.List(kind, namespace, labels.Everything())
	if IsAnswer(err) {
		s.Without(kind, err)
		return nil
	}
	if err != nil {
		return err
	}
	for _, object := range all {
		if err := s.Add(object); err != nil {
			return err
		}
	}
	return nil
}
