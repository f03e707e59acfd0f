// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// Cluster is that of others.
type Cluster struct {
	Dynamic dynamic.Interface
	Mapper  meta.RESTMapper
}

var (
	created = metav1.CreateOptions{FieldManager: Namespace}
	applied = metav1.ApplyOptions{FieldManager: Namespace, Force: true}
)

// at is where an object of this kind is read and written. For kinds that the cluster does not serve it is an error.
func (c Cluster) at(object Object) (dynamic.ResourceInterface, error) {
	gvk := schema.FromAPIVersionAndKind(object.APIVersion, object.Kind)
	mapping, err := c.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, fmt.Errorf("%s: the cluster does not serve %s: %w", object, gvk.GroupVersion().WithKind(gvk.Kind), err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.Dynamic.Resource(mapping.Resource), nil
	}
	return c.Dynamic.Resource(mapping.Resource).Namespace(object.Namespace), nil
}

// Create creates the objects that do not exist, in this order, and updates those that an earlier demo has created. It
// returns those that others have created, which stay as they are. The list of the record gets the others before anything
// is done.
func (c Cluster) Create(ctx context.Context, record *Record, list *[]Object, objects []*unstructured.Unstructured) (others []Object, err error) {
	exists := map[Object]bool{}
	for _, object := range objects {
		name := objectOf(object)
		at, err := c.at(name)
		if err != nil {
			return nil, err
		}
		found, err := at.Get(ctx, name.Name, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		case isMarked(found):
			exists[name] = true
		default:
			others = append(others, name)
			continue
		}
		if !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	if err := c.save(ctx, record); err != nil {
		return nil, err
	}
	for _, object := range objects {
		if name := objectOf(object); !slices.Contains(others, name) {
			if err := c.put(ctx, marked(object), exists[name]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return others, nil
}

func (c Cluster) put(ctx context.Context, object *unstructured.Unstructured, exists bool) error {
	at, err := c.at(objectOf(object))
	if err != nil {
		return err
	}
	if exists {
		_, err = at.Apply(ctx, object.GetName(), object, applied)
	} else {
		_, err = at.Create(ctx, object, created)
	}
	return err
}
