// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
)

// FieldManager is the name under which tests write.
const FieldManager = "e2e"

// Create creates the object, and deletes it when the test ends, unless it goes with
// its namespace.
func (k Kind[T]) Create(t testing.TB, c *Cluster, object *T) *T {
	t.Helper()
	created, err := k.TryCreate(t.Context(), c, object)
	if err != nil {
		t.Fatalf("create %s: %v", k.Kind, err)
	}
	encoded, err := k.encode(created)
	if err != nil {
		t.Fatal(err)
	}
	if c.owns(encoded.GetNamespace()) {
		return created
	}
	t.Cleanup(func() {
		if err := k.TryDelete(context.Background(), c, encoded.GetNamespace(), encoded.GetName()); err != nil {
			t.Errorf("delete %s %s/%s: %v", k.Kind, encoded.GetNamespace(), encoded.GetName(), err)
		}
	})
	return created
}

// TryCreate creates the object and leaves it.
func (k Kind[T]) TryCreate(ctx context.Context, c *Cluster, object *T) (*T, error) {
	return k.CreateAs(ctx, c, FieldManager, object)
}

// CreateAs is TryCreate by another field manager.
func (k Kind[T]) CreateAs(ctx context.Context, c *Cluster, manager string, object *T) (*T, error) {
	encoded, err := k.encode(object)
	if err != nil {
		return nil, err
	}
	stored, err := k.client(c, encoded.GetNamespace()).Create(ctx, encoded, metav1.CreateOptions{FieldManager: manager})
	if err != nil {
		return nil, err
	}
	return k.decode(stored)
}

// Get reads the object.
func (k Kind[T]) Get(t testing.TB, c *Cluster, namespace, name string) *T {
	t.Helper()
	object, err := k.TryGet(context.Background(), c, namespace, name)
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// TryGet is Get without a test.
func (k Kind[T]) TryGet(ctx context.Context, c *Cluster, namespace, name string) (*T, error) {
	stored, err := k.client(c, namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("get %s %s/%s: %w", k.Kind, namespace, name, err)
	}
	return k.decode(stored)
}

// List reads the objects of a namespace; "" is all.
func (k Kind[T]) List(ctx context.Context, c *Cluster, namespace string, options metav1.ListOptions) ([]*T, error) {
	list, err := k.client(c, namespace).List(ctx, options)
	if err != nil {
		return nil, err
	}
	objects := make([]*T, 0, len(list.Items))
	for i := range list.Items {
		object, err := k.decode(&list.Items[i])
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// Update changes the object as a user's editor would: read, change, write.
func (k Kind[T]) Update(t testing.TB, c *Cluster, namespace, name string, change func(*T)) *T {
	t.Helper()
	updated, err := k.UpdateAs(context.Background(), c, FieldManager, types.NamespacedName{Namespace: namespace, Name: name}, change)
	if err != nil {
		t.Fatalf("update %s %s/%s: %v", k.Kind, namespace, name, err)
	}
	return updated
}

// UpdateAs is Update by another field manager, and for where an error is wanted.
func (k Kind[T]) UpdateAs(ctx context.Context, c *Cluster, manager string, name types.NamespacedName, change func(*T)) (*T, error) {
	return k.update(ctx, c, name, change, metav1.UpdateOptions{FieldManager: manager})
}

// UpdateStatus changes the status as another controller would.
func (k Kind[T]) UpdateStatus(t testing.TB, c *Cluster, namespace, name string, change func(*T)) *T {
	t.Helper()
	updated, err := k.update(context.Background(), c, types.NamespacedName{Namespace: namespace, Name: name}, change, metav1.UpdateOptions{FieldManager: FieldManager}, "status")
	if err != nil {
		t.Fatalf("update status of %s %s/%s: %v", k.Kind, namespace, name, err)
	}
	return updated
}

func (k Kind[T]) update(ctx context.Context, c *Cluster, name types.NamespacedName, change func(*T), options metav1.UpdateOptions, subresources ...string) (*T, error) {
	var updated *T
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		stored, err := k.client(c, name.Namespace).Get(ctx, name.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		object, err := k.decode(stored)
		if err != nil {
			return err
		}
		change(object)
		encoded, err := k.encode(object)
		if err != nil {
			return err
		}
		stored, err = k.client(c, name.Namespace).Update(ctx, encoded, options, subresources...)
		if err != nil {
			return err
		}
		updated, err = k.decode(stored)
		return err
	})
	return updated, err
}

// Apply is a server-side apply, with force.
func (k Kind[T]) Apply(ctx context.Context, c *Cluster, manager string, object Object) error {
	namespace, name := object.String("metadata", "namespace"), object.String("metadata", "name")
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	force := true
	_, err = k.client(c, namespace).Patch(ctx, name, types.ApplyPatchType, body, metav1.PatchOptions{FieldManager: manager, Force: &force})
	return err
}

// Delete deletes the object and does not wait until it is gone.
func (k Kind[T]) Delete(t testing.TB, c *Cluster, namespace, name string) {
	t.Helper()
	if err := k.TryDelete(context.Background(), c, namespace, name); err != nil {
		t.Fatalf("delete %s %s/%s: %v", k.Kind, namespace, name, err)
	}
}

// TryDelete returns no error when there is nothing to delete.
func (k Kind[T]) TryDelete(ctx context.Context, c *Cluster, namespace, name string) error {
	background := metav1.DeletePropagationBackground
	err := k.client(c, namespace).Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &background})
	if apierrors.IsNotFound(err) || isNoSuchKind(err) {
		return nil
	}
	return err
}

// isNoSuchKind is the API server's answer where the CRD is gone.
func isNoSuchKind(err error) bool {
	status, ok := err.(apierrors.APIStatus)
	return ok && status.Status().Code == 404
}
