// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/klog/v2"
	"knative.dev/pkg/apis"
	duckv1 "knative.dev/pkg/apis/duck/v1"
)

const namespace = "demo"

//go:embed services.yaml
var servicesYAML []byte

var (
	namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	services   = schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: "services"}
	gateways   = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}
	routes     = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}

	byForce = metav1.ApplyOptions{FieldManager: "demo", Force: true}
)

// connect takes kubectl's configuration.
func connect() (dynamic.Interface, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("no cluster: %w", err)
	}
	config.WarningHandler = rest.NoWarnings{}         // Serving's advice on security contexts
	klog.SetSlogLogger(slog.New(slog.DiscardHandler)) // or client-go logs the end of a watch
	return dynamic.NewForConfig(config)
}

// readServices decodes services.yaml and puts the image and the run in.
func readServices(image, run string) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(servicesYAML), 4096)
	var all []*unstructured.Unstructured
	for {
		service := &unstructured.Unstructured{}
		if err := decoder.Decode(&service.Object); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, withImage(service, image, run))
	}
}

// withImage returns the service with its only container running the image.
func withImage(service *unstructured.Unstructured, image, run string) *unstructured.Unstructured {
	service = service.DeepCopy()
	spec := service.Object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
	container := spec["containers"].([]any)[0].(map[string]any)
	container["image"] = image
	env, _ := container["env"].([]any)
	container["env"] = append(env, map[string]any{"name": "RUN", "value": run})
	return service
}

// await returns the object as soon as done returns true.
func await(ctx context.Context, objects dynamic.ResourceInterface, name string, done func(*unstructured.Unstructured) bool) (*unstructured.Unstructured, error) {
	only := fields.OneTermEqualSelector(metav1.ObjectNameField, name).String()
	var seen *unstructured.Unstructured
	_, err := watchtools.UntilWithSync(ctx, &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.FieldSelector = only
			return objects.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.FieldSelector = only
			return objects.Watch(ctx, options)
		},
	}, &unstructured.Unstructured{}, nil, func(event watch.Event) (bool, error) {
		object, ok := event.Object.(*unstructured.Unstructured)
		if !ok || event.Type == watch.Deleted {
			return false, nil
		}
		seen = object
		return done(object), nil
	})
	return seen, err
}

// readyService is what is of interest in a Service of Knative Serving.
type readyService struct {
	name, scheme, host, revision string
	ready                        *apis.Condition
	seconds                      float64
}

// deploy applies the service and waits until this generation of it is Ready.
func deploy(ctx context.Context, client dynamic.Interface, service *unstructured.Unstructured) (readyService, error) {
	begin := time.Now()
	own := client.Resource(services).Namespace(namespace)
	applied, err := own.Apply(ctx, service.GetName(), service, byForce)
	if err != nil {
		return readyService{}, fmt.Errorf("service %s: %w", service.GetName(), err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	object, err := await(ctx, own, service.GetName(), func(object *unstructured.Unstructured) bool {
		s := read(object)
		observed, _, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
		complete := s.name != secure || s.scheme == "https" // it is Ready before it has a certificate
		return observed >= applied.GetGeneration() && s.ready.IsTrue() && complete
	})
	if object == nil {
		return readyService{}, fmt.Errorf("service %s: %w", service.GetName(), err)
	}
	s := read(object)
	s.seconds = time.Since(begin).Seconds()
	if err != nil {
		return s, fmt.Errorf("service %s is not Ready: %s: %s\n  kubectl -n %s describe ksvc,kingress %s",
			s.name, s.ready.GetReason(), s.ready.GetMessage(), namespace, s.name)
	}
	return s, nil
}

func read(object *unstructured.Unstructured) readyService {
	var service struct {
		Status struct {
			duckv1.Status
			URL      *apis.URL `json:"url"`
			Revision string    `json:"latestReadyRevisionName"`
		} `json:"status"`
	}
	s := readyService{name: object.GetName()}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &service); err != nil {
		return s
	}
	s.ready = service.Status.GetCondition(apis.ConditionReady)
	s.revision = service.Status.Revision
	if service.Status.URL != nil {
		s.scheme, s.host = service.Status.URL.Scheme, service.Status.URL.Host
	}
	return s
}
