// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// Namespace has the record, and the demo's services.
	Namespace = "net-gateways-demo"
	// recordName is that of the ConfigMap.
	recordName = "changes"
	recordKey  = "record"

	// managedBy with the value Namespace marks what the demo has created.
	managedBy = "app.kubernetes.io/managed-by"
)

var (
	namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
)

// Record is what the demo has changed, or was about to change when it ended. Each list is in the order of the changes.
type Record struct {
	// Release are the objects of net-gateways itself, Gateways those of the Gateways that the demo shows.
	Release  []Object `json:"release"`
	Gateways []Object `json:"gateways"`
	Keys     []Key    `json:"keys"`
	// Standing are Gateways that a net-gateways of others had made before.
	Standing []Object `json:"standing"`
}

// Object names an object.
type Object struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

func objectOf(object *unstructured.Unstructured) Object {
	return Object{APIVersion: object.GetAPIVersion(), Kind: object.GetKind(), Namespace: object.GetNamespace(), Name: object.GetName()}
}

func (o Object) String() string { return o.Kind + " " + o.path() }

func (o Object) path() string {
	if o.Namespace == "" {
		return o.Name
	}
	return o.Namespace + "/" + o.Name
}

// Key is a key of a ConfigMap.
type Key struct {
	Namespace string `json:"namespace"`
	ConfigMap string `json:"configMap"`
	Key       string `json:"key"`
	// Former is its value before the demo, or nil when it was absent.
	Former *string `json:"former"`
	// Written is its value with the demo.
	Written string `json:"written"`
}

func (k Key) String() string { return k.Key + " in ConfigMap " + k.Namespace + "/" + k.ConfigMap }

func (k Key) sameKey(other Key) bool {
	return k.Namespace == other.Namespace && k.ConfigMap == other.ConfigMap && k.Key == other.Key
}

// Load reads the record; nil when there is none.
func (c Cluster) Load(ctx context.Context) (*Record, error) {
	stored, err := c.Dynamic.Resource(configMaps).Namespace(Namespace).Get(ctx, recordName, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	text, _, err := unstructured.NestedString(stored.Object, "data", recordKey)
	if err != nil {
		return nil, err
	}
	record := &Record{}
	if err := json.Unmarshal([]byte(text), record); err != nil {
		return nil, fmt.Errorf("ConfigMap %s/%s is not readable, so it is not known what to put back: %w", Namespace, recordName, err)
	}
	return record, nil
}

// Begin returns the record of a demo before, or a new one, and changes nothing. It refuses a Namespace of others.
func (c Cluster) Begin(ctx context.Context) (*Record, error) {
	found, err := c.Dynamic.Resource(namespaces).Get(ctx, Namespace, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
	case err != nil:
		return nil, err
	case !isMarked(found):
		return nil, fmt.Errorf("namespace %s exists, and no demo has created it: the demo needs this name, so it changes nothing. Delete the namespace if it is not needed", Namespace)
	case found.GetDeletionTimestamp() != nil:
		return nil, fmt.Errorf("namespace %s is being deleted: run the demo again when it is gone (kubectl wait --for=delete namespace/%s)", Namespace, Namespace)
	}
	if record, err := c.Load(ctx); record != nil || err != nil {
		return record, err
	}
	standing, err := c.standingGateways(ctx)
	return &Record{Standing: standing}, err
}

// save writes the record, before what it says is done.
func (c Cluster) save(ctx context.Context, record *Record) error {
	text, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return err
	}
	home := marked(newObject("v1", "Namespace", "", Namespace))
	if _, err := c.Dynamic.Resource(namespaces).Create(ctx, home, created); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	stored := marked(newObject("v1", "ConfigMap", Namespace, recordName))
	stored.Object["data"] = map[string]any{recordKey: string(text) + "\n"}
	all := c.Dynamic.Resource(configMaps).Namespace(Namespace)
	if _, err = all.Update(ctx, stored, metav1.UpdateOptions{FieldManager: Namespace}); apierrors.IsNotFound(err) {
		_, err = all.Create(ctx, stored, created)
	}
	return err
}

func newObject(apiVersion, kind, namespace, name string) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	object.SetAPIVersion(apiVersion)
	object.SetKind(kind)
	object.SetNamespace(namespace)
	object.SetName(name)
	return object
}

// marked returns a copy with the label of what the demo creates.
func marked(object *unstructured.Unstructured) *unstructured.Unstructured {
	object = object.DeepCopy()
	labels := object.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[managedBy] = Namespace
	object.SetLabels(labels)
	return object
}

func isMarked(object *unstructured.Unstructured) bool {
	return object.GetLabels()[managedBy] == Namespace
}
