// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// Source reads objects. Callers do not change what it returns.
type Source interface {
	// Get returns nil for an object that does not exist.
	Get(kind Kind, name types.NamespacedName) (*unstructured.Unstructured, error)
	// List returns the objects of a namespace, or of all if it is empty, that have these labels.
	List(kind Kind, namespace string, labels labels.Selector) ([]*unstructured.Unstructured, error)
	// Requests is how many requests this took so far.
	Requests() int
}

// Denied says that whoever runs the command may not read something.
type Denied struct {
	Kind      Kind
	Namespace string
	// Name is empty for a list.
	Name string
}

// What names what cannot be read.
func (d *Denied) What() string {
	switch {
	case d.Name == "" && d.Namespace == "":
		return "any " + d.Kind.String()
	case d.Name == "":
		return fmt.Sprintf("any %s of namespace %s", d.Kind, d.Namespace)
	case d.Namespace == "":
		return fmt.Sprintf("%s %s", d.Kind, d.Name)
	}
	return fmt.Sprintf("%s %s/%s", d.Kind, d.Namespace, d.Name)
}

func (d *Denied) Error() string { return "cannot read " + d.What() + ": forbidden" }

// NotServed says that the API server does not have a kind.
type NotServed struct{ Kind Kind }

func (n *NotServed) Error() string {
	return fmt.Sprintf("the API server does not serve %s (%s)", n.Kind, n.Kind.GroupVersion())
}

// IsAnswer tells whether an error says what a Source cannot show, and is not a failure.
func IsAnswer(err error) bool {
	denied, notServed := (*Denied)(nil), (*NotServed)(nil)
	return errors.As(err, &denied) || errors.As(err, &notServed)
}

// Get reads an object as a type of Go; nil if it does not exist.
func Get[T any](source Source, kind Kind, name types.NamespacedName) (*T, error) {
	found, err := source.Get(kind, name)
	if found == nil || err != nil {
		return nil, err
	}
	return Typed[T](found)
}

// List reads objects as a type of Go.
func List[T any](source Source, kind Kind, namespace string, selector labels.Selector) ([]*T, error) {
	all, err := source.List(kind, namespace, selector)
	if err != nil {
		return nil, err
	}
	typed := make([]*T, 0, len(all))
	for _, object := range all {
		one, err := Typed[T](object)
		if err != nil {
			return nil, err
		}
		typed = append(typed, one)
	}
	return typed, nil
}

// Untyped is an object of a type of Go as a Source has it.
func Untyped(kind Kind, typed any) (*unstructured.Unstructured, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(typed)
	if err != nil {
		return nil, err
	}
	object := &unstructured.Unstructured{Object: content}
	object.SetGroupVersionKind(kind.GroupVersionKind)
	return object, nil
}

// Typed is an object as a type of Go.
func Typed[T any](object *unstructured.Unstructured) (*T, error) {
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed); err != nil {
		return nil, fmt.Errorf("%s %s/%s: %w", object.GetKind(), object.GetNamespace(), object.GetName(), err)
	}
	return typed, nil
}
