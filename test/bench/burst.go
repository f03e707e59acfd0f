// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// writers is how many writes are under way at a time, for the plugin's run and the
// bare one alike.
const writers = 16

func sizes(list string) []int {
	found := []int{}
	for _, text := range strings.Split(list, ",") {
		size, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || size < 1 {
			log.Fatalf("-bursts: %q is not a number of KIngresses", text)
		}
		found = append(found, size)
	}
	return found
}

// burst creates services at once and waits until all of them answer: first with bare
// routes, then through KIngresses. Both runs use the same Gateways and one Pod.
func burst(ctx context.Context, c clients, size int) ([]figure, error) {
	place, err := newPlace(ctx, c, fmt.Sprintf("bench-%d", time.Now().Unix()))
	if err != nil {
		return nil, err
	}
	defer place.remove()

	bare, err := place.timed(ctx, size, "bare", place.bare)
	if err != nil {
		return nil, fmt.Errorf("bare client: %w", err)
	}
	before, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	ready := place.watchReady(ctx, size)
	ours, err := place.timed(ctx, size, "ksvc", place.ingress)
	if err != nil {
		return nil, err
	}
	allReady, err := ready()
	if err != nil {
		return nil, err
	}
	after, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	again, err := place.resync(ctx, size)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("burst of %d KIngresses: ", size)
	return []figure{
		{Name: name + "all answer on both hosts", Ours: ours.Seconds(), Bare: bare.Seconds(), Unit: "s"},
		{Name: name + "all Ready", Ours: allReady.Seconds(), Bare: bare.Seconds(), Unit: "s"},
		{Name: name + "API writes a KIngress, HTTPRoutes", Ours: float64(after.routes-before.routes) / float64(size), Bare: 2, Unit: "writes"},
		{Name: name + "API writes a KIngress, status", Ours: float64(after.status-before.status) / float64(size), Bare: 1, Unit: "writes"},
		again,
	}, nil
}

// timed creates size services by make, and measures until both hosts of each answer.
func (p *place) timed(ctx context.Context, size int, kind string, make func(context.Context, string) error) (time.Duration, error) {
	began := time.Now()
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	names := []string{}
	for i := range size {
		name := fmt.Sprintf("%s-%d", kind, i)
		names = append(names, name)
		group.Go(func() error { return make(groupCtx, name) })
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	err := p.waitForAnswers(ctx, names)
	return time.Since(began), err
}

// ingress writes a Service and a KIngress that the plugin serves.
func (p *place) ingress(ctx context.Context, name string) error {
	_, err := p.kingress(ctx, name, ingressClass)
	return err
}

// kingress writes what Serving writes for a Route: a Service, and a KIngress with one
// cluster-local rule of three hosts and one external rule.
func (p *place) kingress(ctx context.Context, name, class string) (*v1alpha1.Ingress, error) {
	if err := p.service(ctx, name); err != nil {
		return nil, err
	}
	paths := []v1alpha1.HTTPIngressPath{{Splits: []v1alpha1.IngressBackendSplit{{
		IngressBackend: v1alpha1.IngressBackend{ServiceNamespace: p.namespace, ServiceName: name, ServicePort: intstr.FromInt32(80)},
		Percent:        100,
		AppendHeaders:  map[string]string{"Knative-Serving-Namespace": p.namespace, "Knative-Serving-Revision": name + "-00001"},
	}}}}
	ing := &v1alpha1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, Name: name, Annotations: map[string]string{"networking.knative.dev/ingress.class": class}},
		Spec: v1alpha1.IngressSpec{HTTPOption: v1alpha1.HTTPOptionEnabled, Rules: []v1alpha1.IngressRule{
			{Hosts: p.localHosts(name), Visibility: v1alpha1.IngressVisibilityClusterLocal, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths}},
			{Hosts: []string{p.externalHost(name)}, Visibility: v1alpha1.IngressVisibilityExternalIP, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths}},
		}},
	}
	return p.networking.NetworkingV1alpha1().Ingresses(p.namespace).Create(ctx, ing, metav1.CreateOptions{})
}

// bare writes what the plugin's run writes as well, with nobody who reacts to it: the
// Service, a KIngress of a class that nobody serves, two HTTPRoutes, and once all of
// it is there the KIngress's status.
func (p *place) bare(ctx context.Context, name string) error {
	ing, err := p.kingress(ctx, name, "nobody.ingress.networking.knative.dev")
	if err != nil {
		return err
	}
	if err := p.route(ctx, p.localHosts(name), p.local.name, name); err != nil {
		return err
	}
	if err := p.route(ctx, []string{p.externalHost(name)}, p.external.name, name); err != nil {
		return err
	}
	ing.Status.InitializeConditions()
	ing.Status.MarkNetworkConfigured()
	ing.Status.MarkLoadBalancerReady(nil, nil)
	_, err = p.networking.NetworkingV1alpha1().Ingresses(p.namespace).UpdateStatus(ctx, ing, metav1.UpdateOptions{})
	return err
}

func (p *place) service(ctx context.Context, name string) error {
	_, err := p.kube.CoreV1().Services(p.namespace).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": podName},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(podPort)}},
		},
	}, metav1.CreateOptions{})
	return err
}

func (p *place) localHosts(name string) []string {
	short := name + "." + p.namespace
	return []string{short, short + ".svc", short + ".svc.cluster.local"}
}

func (p *place) externalHost(name string) string { return name + "." + p.namespace + ".example.com" }
