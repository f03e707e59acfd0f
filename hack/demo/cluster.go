// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log/slog"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/klog/v2"

	"github.com/net-gateways/net-gateways/hack/demo/changes"
)

var (
	namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	services   = schema.GroupVersionResource{Group: "serving.knative.dev", Version: "v1", Resource: "services"}
	gateways   = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "gateways"}
	routes     = schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}

	byForce = metav1.ApplyOptions{FieldManager: "demo", Force: true}
)

// connect takes kubectl's configuration.
func connect() (dynamic.Interface, error) {
	config, err := configuration()
	if err != nil {
		return nil, err
	}
	return dynamic.NewForConfig(config)
}

// connectToChange is for a cluster that others use, too.
func connectToChange() (changes.Cluster, error) {
	config, err := configuration()
	if err != nil {
		return changes.Cluster{}, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return changes.Cluster{}, err
	}
	kinds, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return changes.Cluster{}, err
	}
	return changes.Cluster{Dynamic: client, Mapper: restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kinds))}, nil
}

func configuration() (*rest.Config, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("no cluster: %w", err)
	}
	config.QPS, config.Burst = 50, 100
	config.WarningHandler = rest.NoWarnings{}         // Serving's advice on security contexts
	klog.SetSlogLogger(slog.New(slog.DiscardHandler)) // or client-go logs the end of a watch
	return config, nil
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
