// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/test/gateways"
)

const (
	ingressClass = "gateway-api.ingress.networking.knative.dev"
	podName      = "answers"
	podPort      = 8080
	podImage     = "127.0.0.1:5000/timeout:latest" // answers at once, and Knative's probes, too
)

// place is a namespace, and the Gateways through which its services are asked.
type place struct {
	clients
	installed              *gateways.Installed
	namespace              string
	labels                 map[string]string // of its KIngresses
	padding                string            // an annotation of others on what is created; empty for none
	external, other, local gateway
}

type gateway struct {
	name       types.NamespacedName
	address    string
	controller string // of its class
}

func newPlace(ctx context.Context, c clients, what string) (*place, error) {
	installed, err := gateways.Read(ctx, c.Cluster)
	if err != nil {
		return nil, err
	}
	p := &place{clients: c, installed: installed, namespace: fmt.Sprintf("bench-%s-%d", what, time.Now().Unix())}
	for entry, found := range map[*config.Entry]*gateway{&installed.External: &p.external, &installed.Other: &p.other, &installed.Local: &p.local} {
		if *found, err = p.find(ctx, entry.Gateway); err != nil {
			return nil, err
		}
	}
	_, err = c.Kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: p.namespace}}, metav1.CreateOptions{})
	return p, err
}

// find reads a Gateway of config-gateway.
func (p *place) find(ctx context.Context, name types.NamespacedName) (gateway, error) {
	found, err := p.gateway.GatewayV1().Gateways(name.Namespace).Get(ctx, name.Name, metav1.GetOptions{})
	if err != nil {
		return gateway{}, err
	}
	if len(found.Status.Addresses) == 0 {
		return gateway{}, fmt.Errorf("Gateway %s has no address", name)
	}
	return gateway{name: name, address: found.Status.Addresses[0].Value, controller: string(p.installed.Controller)}, nil
}

// newBackedPlace is a place with the Pod that answers for all services of a burst.
func newBackedPlace(ctx context.Context, c clients, what string) (*place, error) {
	p, err := newPlace(ctx, c, what)
	if err != nil {
		return nil, err
	}
	return p, p.pod(ctx)
}

// pod is one Pod that answers for all Services of a burst.
func (p *place) pod(ctx context.Context) error {
	pods := p.Kube.CoreV1().Pods(p.namespace)
	_, err := pods.Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: podName, Labels: map[string]string{"app": podName}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name:  "runtime",
			Image: podImage,
			Env:   []corev1.EnvVar{{Name: "PORT", Value: fmt.Sprint(podPort)}},
			// So that the gateway is measured: without a request the pod has the least of the CPU on a busy machine.
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("500m")}},
			ReadinessProbe: &corev1.Probe{PeriodSeconds: 1, ProbeHandler: corev1.ProbeHandler{
				TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(podPort)},
			}},
		}}},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	selected := cache.NewFilteredListWatchFromClient(p.Kube.CoreV1().RESTClient(), "pods", p.namespace, func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermEqualSelector("metadata.name", podName).String()
	})
	_, err = watchtools.UntilWithSync(ctx, selected, &corev1.Pod{}, nil, func(event watch.Event) (bool, error) {
		pod, ok := event.Object.(*corev1.Pod)
		if !ok {
			return false, nil
		}
		return podReady(pod), nil
	})
	return err
}

// remove deletes the namespace and waits until it is gone, so that its end does not
// disturb the next measurement.
func (p *place) remove() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	namespaces := p.Kube.CoreV1().Namespaces()
	if err := namespaces.Delete(ctx, p.namespace, metav1.DeleteOptions{}); err != nil {
		log.Printf("delete namespace %s: %v", p.namespace, err)
		return
	}
	selected := cache.NewFilteredListWatchFromClient(p.Kube.CoreV1().RESTClient(), "namespaces", "", func(options *metav1.ListOptions) {
		options.FieldSelector = fields.OneTermEqualSelector("metadata.name", p.namespace).String()
	})
	gone := func(store cache.Store) (bool, error) { return len(store.List()) == 0, nil }
	if _, err := watchtools.UntilWithSync(ctx, selected, &corev1.Namespace{}, gone, func(event watch.Event) (bool, error) {
		return event.Type == watch.Deleted, nil
	}); err != nil {
		log.Printf("wait for the end of namespace %s: %v", p.namespace, err)
	}
}

// newRoute is an HTTPRoute named as the plugin names its own.
func (p *place) newRoute(hosts []string, parent types.NamespacedName, service string) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Name: hosts[len(hosts)-1]}}
	for _, host := range hosts {
		route.Spec.Hostnames = append(route.Spec.Hostnames, gatewayv1.Hostname(host))
	}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{parentRef(parent)}
	backend := gatewayv1.HTTPBackendRef{}
	backend.Name, backend.Port = gatewayv1.ObjectName(service), new(gatewayv1.PortNumber(80))
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{backend}}}
	return route
}

func parentRef(gateway types.NamespacedName) gatewayv1.ParentReference {
	return gatewayv1.ParentReference{Namespace: new(gatewayv1.Namespace(gateway.Namespace)), Name: gatewayv1.ObjectName(gateway.Name)}
}
