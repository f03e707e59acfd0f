// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Remember returns a Source that asks another one for each thing once.
func Remember(source Source) Source {
	return &remembering{source: source, got: map[question]answer{}}
}

type remembering struct {
	source Source
	got    map[question]answer
}

type question struct {
	kind   Kind
	name   types.NamespacedName
	labels string
	list   bool
}

type answer struct {
	objects []*unstructured.Unstructured
	err     error
}

func (r *remembering) Get(kind Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	asked := question{kind: kind, name: name}
	known, found := r.got[asked]
	if !found {
		object, err := r.source.Get(kind, name)
		known = answer{[]*unstructured.Unstructured{object}, err}
		r.got[asked] = known
	}
	return known.objects[0], known.err
}

func (r *remembering) List(kind Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	asked := question{kind: kind, name: types.NamespacedName{Namespace: namespace}, labels: selector.String(), list: true}
	known, found := r.got[asked]
	if !found {
		known.objects, known.err = r.source.List(kind, namespace, selector)
		r.got[asked] = known
	}
	return known.objects, known.err
}

func (r *remembering) Requests() int { return r.source.Requests() }
