// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

// Met returns what is still missing, or nil. It gets nil while the object does not
// exist.
type Met[T any] func(*T) error

// Await watches one object until met returns nil. After the limit it fails the test
// with what was missing last.
func (k Kind[T]) Await(t testing.TB, c *Cluster, namespace, name string, limit time.Duration, met Met[T]) *T {
	t.Helper()
	object, err := k.TryAwait(t.Context(), c, namespace, name, limit, met)
	if err != nil {
		t.Fatalf("%s %s/%s after %s: %v", k.Kind, namespace, name, limit, err)
	}
	return object
}

// TryAwait is Await without a test.
func (k Kind[T]) TryAwait(ctx context.Context, c *Cluster, namespace, name string, limit time.Duration, met Met[T]) (*T, error) {
	options := metav1.ListOptions{FieldSelector: fields.OneTermEqualSelector("metadata.name", name).String()}
	var seen *T
	missing := errors.New("nothing was seen")
	check := func(encoded *unstructured.Unstructured) (bool, error) {
		var object *T
		if encoded != nil {
			decoded, err := k.decode(encoded)
			if err != nil {
				return false, err
			}
			object = decoded
		}
		missing = met(object)
		seen = object
		return missing == nil, nil
	}
	absent := func(store cache.Store) (bool, error) {
		if len(store.ListKeys()) > 0 {
			return false, nil // its event follows
		}
		return check(nil)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := watchtools.UntilWithSync(ctx, k.listWatch(c, namespace, options), &unstructured.Unstructured{}, absent, func(event watch.Event) (bool, error) {
		if event.Type == watch.Deleted {
			return check(nil)
		}
		encoded, ok := event.Object.(*unstructured.Unstructured)
		if !ok {
			return false, fmt.Errorf("the watch sent %T", event.Object)
		}
		return check(encoded)
	})
	switch {
	case err == nil:
		return seen, nil
	case missing == nil: // met returned nil as the time ended
		return seen, err
	case wait.Interrupted(err):
		return nil, missing
	}
	return nil, fmt.Errorf("%w; the last that was seen: %w", err, missing)
}

// AwaitAny watches all objects of a namespace until one is as wanted.
func (k Kind[T]) AwaitAny(t testing.TB, c *Cluster, namespace string, limit time.Duration, wanted func(*T) bool) *T {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var found *T
	last := []string{}
	_, err := watchtools.UntilWithSync(ctx, k.listWatch(c, namespace, metav1.ListOptions{}), &unstructured.Unstructured{}, nil, func(event watch.Event) (bool, error) {
		encoded, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Deleted {
			return false, nil
		}
		last = append(last[max(0, len(last)-shownLast+1):], described(encoded))
		object, err := k.decode(encoded)
		if err != nil || !wanted(object) {
			return false, err
		}
		found = object
		return true, nil
	})
	if err != nil {
		t.Fatalf("no %s of %q is as wanted after %s: %v; the last that were seen:\n%s", k.Kind, namespace, limit, err, strings.Join(last, "\n"))
	}
	return found
}

// shownLast is how many objects a failure of AwaitAny shows.
const shownLast = 10

// described is the name of an object, with the reason and message of an Event.
func described(object *unstructured.Unstructured) string {
	reason, _, _ := unstructured.NestedString(object.Object, "reason")
	message, _, _ := unstructured.NestedString(object.Object, "message")
	return strings.TrimSpace(object.GetNamespace() + "/" + object.GetName() + " " + reason + " " + message)
}

// Watch calls tell for every change of the objects of a namespace until the test ends or stop
// is called; stop returns after the last call. Watch returns when tell has got all objects that
// exist.
func (k Kind[T]) Watch(t testing.TB, c *Cluster, namespace string, options metav1.ListOptions, tell func(watch.EventType, *T)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	handle := func(kind watch.EventType, object any) {
		if encoded, ok := object.(*unstructured.Unstructured); ok {
			if decoded, err := k.decode(encoded); err == nil {
				tell(kind, decoded)
			}
		}
	}
	informer := cache.NewSharedInformer(k.listWatch(c, namespace, options), &unstructured.Unstructured{}, 0)
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { handle(watch.Added, object) },
		UpdateFunc: func(_, object any) { handle(watch.Modified, object) },
		DeleteFunc: func(object any) { handle(watch.Deleted, object) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		informer.RunWithContext(ctx)
	}()
	stop = func() { cancel(); <-ended }
	t.Cleanup(stop)
	if !cache.WaitForCacheSync(t.Context().Done(), registration.HasSynced) {
		t.Fatalf("cannot watch %s", k.Kind)
	}
	return stop
}

func (k Kind[T]) listWatch(c *Cluster, namespace string, options metav1.ListOptions) *cache.ListWatch {
	client := k.client(c, namespace)
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, page metav1.ListOptions) (runtime.Object, error) {
			page.FieldSelector, page.LabelSelector = options.FieldSelector, options.LabelSelector
			if page.ResourceVersion == "0" { // the API server's cache may be older than our own writes
				page.ResourceVersion = ""
			}
			return client.List(ctx, page)
		},
		WatchFuncWithContext: func(ctx context.Context, page metav1.ListOptions) (watch.Interface, error) {
			page.FieldSelector, page.LabelSelector = options.FieldSelector, options.LabelSelector
			return client.Watch(ctx, page)
		},
	}
}
