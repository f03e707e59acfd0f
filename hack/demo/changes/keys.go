// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Wanted is a key of a ConfigMap to write.
type Wanted struct {
	Namespace, ConfigMap, Key string
	// Value makes the value from what is there, nil when the key is absent.
	Value func(former *string) (string, error)
}

// Plan is what the keys would become. It changes nothing. A ConfigMap that does not exist counts as empty. A key that an
// earlier demo has written, and that no other client has changed since, stays.
func (c Cluster) Plan(ctx context.Context, record *Record, wanted []Wanted) ([]Key, error) {
	var keys []Key
	for _, w := range wanted {
		key := Key{Namespace: w.Namespace, ConfigMap: w.ConfigMap, Key: w.Key}
		_, now, err := c.value(ctx, key)
		if err != nil {
			return nil, err
		}
		earlier := slices.IndexFunc(record.Keys, key.sameKey)
		if earlier >= 0 && now != nil && *now == record.Keys[earlier].Written {
			keys = append(keys, record.Keys[earlier])
			continue
		}
		key.Former = now
		if key.Written, err = w.Value(now); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// Write writes planned keys, each after it is in the record.
func (c Cluster) Write(ctx context.Context, record *Record, keys []Key) error {
	for _, key := range keys {
		if key.Former != nil && *key.Former == key.Written {
			continue
		}
		record.Keys = append(slices.DeleteFunc(record.Keys, key.sameKey), key)
		if err := c.save(ctx, record); err != nil {
			return err
		}
		object, now, err := c.value(ctx, key)
		switch {
		case err != nil:
			return err
		case object == nil:
			return fmt.Errorf("%s: there is no such ConfigMap", key)
		case now != nil && *now == key.Written:
			continue
		case !same(now, key.Former):
			return fmt.Errorf("%s changes while the demo begins: run it again", key)
		}
		if err := c.set(ctx, object, key, &key.Written); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// value reads the ConfigMap and the key; both are nil where they are absent.
func (c Cluster) value(ctx context.Context, key Key) (*unstructured.Unstructured, *string, error) {
	object, err := c.Dynamic.Resource(configMaps).Namespace(key.Namespace).Get(ctx, key.ConfigMap, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	value, there, err := unstructured.NestedString(object.Object, "data", key.Key)
	if err != nil || !there {
		return object, nil, err
	}
	return object, &value, nil
}

// set writes the key, or takes it out when the value is nil, if the object is still as it was read.
func (c Cluster) set(ctx context.Context, object *unstructured.Unstructured, key Key, value *string) error {
	object = object.DeepCopy()
	if value == nil {
		unstructured.RemoveNestedField(object.Object, "data", key.Key)
	} else if err := unstructured.SetNestedField(object.Object, *value, "data", key.Key); err != nil {
		return err
	}
	_, err := c.Dynamic.Resource(configMaps).Namespace(key.Namespace).Update(ctx, object, metav1.UpdateOptions{FieldManager: Namespace})
	return err
}

func same(a, b *string) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
