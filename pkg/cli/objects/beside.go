// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Beside returns a Source that reads some kinds from a Store, in which they are already, and the others from a Source.
func Beside(source Source, store *Store, kinds ...Kind) Source {
	return beside{source, store, kinds}
}

type beside struct {
	Source
	store *Store
	kinds []Kind
}

func (b beside) Get(kind Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	if slices.Contains(b.kinds, kind) {
		return b.store.Get(kind, name)
	}
	return b.Source.Get(kind, name)
}

func (b beside) List(kind Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	if slices.Contains(b.kinds, kind) {
		return b.store.List(kind, namespace, selector)
	}
	return b.Source.List(kind, namespace, selector)
}
