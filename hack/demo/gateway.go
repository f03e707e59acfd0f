// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

type gateway struct {
	name, class, address string
	dial                 string // host:port
}

// secure is where it speaks TLS.
func (g gateway) secure() string {
	host, _, err := net.SplitHostPort(g.dial)
	if err != nil {
		return g.dial
	}
	return net.JoinHostPort(host, "443")
}

// awaitGateway waits for the Gateway, and for its address unless it is reached elsewhere.
func awaitGateway(ctx context.Context, objects dynamic.ResourceInterface, name string, elsewhere bool) (gateway, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var found gateway
	_, err := await(ctx, objects, name, func(object *unstructured.Unstructured) bool {
		var g gatewayv1.Gateway
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &g); err != nil || len(g.Status.Addresses) == 0 && !elsewhere {
			return false
		}
		found = gateway{name: name, class: string(g.Spec.GatewayClassName)}
		if len(g.Status.Addresses) > 0 {
			found.address = g.Status.Addresses[0].Value
			found.dial = net.JoinHostPort(found.address, "80")
		}
		return true
	})
	return found, err
}

// servedBy returns the Gateways that have a route for the host.
func (d *demo) servedBy(ctx context.Context, host string) ([]string, error) {
	list, err := d.client.Resource(routes).Namespace(d.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, object := range list.Items {
		var route gatewayv1.HTTPRoute
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &route); err != nil {
			return nil, err
		}
		if !slices.Contains(route.Spec.Hostnames, gatewayv1.Hostname(host)) {
			continue
		}
		for _, parent := range route.Spec.ParentRefs {
			if parent.Kind == nil || *parent.Kind == "Gateway" { // a ListenerSet is on one of them
				names = append(names, string(parent.Name))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
