// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
)

var (
	services  = schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: "services"}
	revisions = schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: "revisions"}
)

const serviceImage = "127.0.0.1:5000/helloworld:latest"

// service measures how long a Knative Service takes to be Ready after its Revision
// is, which is the time that networking costs a user: the median of some.
func service(ctx context.Context, c clients, times int) ([]figure, error) {
	namespace := fmt.Sprintf("bench-ksvc-%d", time.Now().Unix())
	p := &place{clients: c, namespace: namespace}
	if _, err := c.kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{}); err != nil {
		return nil, err
	}
	defer p.remove()
	took := []float64{}
	for i := range times {
		after, err := p.readyAfterRevision(ctx, fmt.Sprintf("hello-%d", i))
		if err != nil {
			return nil, err
		}
		took = append(took, after.Seconds())
	}
	slices.Sort(took)
	return []figure{
		{Name: fmt.Sprintf("Knative Service Ready after its Revision, median of %d", times), Ours: took[len(took)/2], Unit: "s"},
		{Name: fmt.Sprintf("Knative Service Ready after its Revision, worst of %d", times), Ours: took[len(took)-1], Unit: "s"},
	}, nil
}

func (p *place) readyAfterRevision(ctx context.Context, name string) (time.Duration, error) {
	revisionReady := p.readyAt(ctx, revisions, name+"-00001")
	serviceReady := p.readyAt(ctx, services, name)
	_, err := p.dynamic.Resource(services).Namespace(p.namespace).Create(ctx, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": map[string]any{"name": name},
		"spec": map[string]any{"template": map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"image": serviceImage}}}}},
	}}, metav1.CreateOptions{})
	if err != nil {
		return 0, err
	}
	revision, service := <-revisionReady, <-serviceReady
	if revision.err != nil || service.err != nil {
		return 0, fmt.Errorf("%s: Revision: %w, Service: %w", name, revision.err, service.err)
	}
	return service.at.Sub(revision.at), nil
}

type moment struct {
	at  time.Time
	err error
}

// readyAt tells when an object was first seen Ready.
func (p *place) readyAt(ctx context.Context, resource schema.GroupVersionResource, name string) <-chan moment {
	seen := make(chan moment, 1)
	client := p.dynamic.Resource(resource).Namespace(p.namespace)
	source := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector = "metadata.name=" + name
			return client.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = "metadata.name=" + name
			return client.Watch(ctx, options)
		},
	}
	go func() {
		_, err := watchtools.UntilWithSync(ctx, source, &unstructured.Unstructured{}, nil, func(event watch.Event) (bool, error) {
			object, ok := event.Object.(*unstructured.Unstructured)
			return ok && isReady(object), nil
		})
		seen <- moment{at: time.Now(), err: err}
	}()
	return seen
}

func isReady(object *unstructured.Unstructured) bool {
	observed, _, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	return observed == object.GetGeneration() && slices.ContainsFunc(conditions, func(condition any) bool {
		fields, ok := condition.(map[string]any)
		return ok && fields["type"] == "Ready" && fields["status"] == "True"
	})
}
