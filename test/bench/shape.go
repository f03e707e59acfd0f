// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// ingress writes a Service and a KIngress that the plugin serves.
func (p *place) ingress(ctx context.Context, name string) error {
	_, err := p.kingress(ctx, name, ingressClass)
	return err
}

// secureIngress is one whose external host has the certificate of a Secret of its name.
func (p *place) secureIngress(ctx context.Context, name string) error {
	_, err := p.kingress(ctx, name, ingressClass, v1alpha1.IngressTLS{Hosts: []string{p.externalHost(name)}, SecretName: name, SecretNamespace: p.namespace})
	return err
}

// kingress writes what Serving writes for a Route: a Service, and a KIngress with one
// cluster-local rule of three hosts and one external rule.
func (p *place) kingress(ctx context.Context, name, class string, tls ...v1alpha1.IngressTLS) (*v1alpha1.Ingress, error) {
	if err := p.service(ctx, name); err != nil {
		return nil, err
	}
	paths := []v1alpha1.HTTPIngressPath{{Splits: []v1alpha1.IngressBackendSplit{{
		IngressBackend: v1alpha1.IngressBackend{ServiceNamespace: p.namespace, ServiceName: name, ServicePort: intstr.FromInt32(80)},
		Percent:        100,
		AppendHeaders:  map[string]string{"Knative-Serving-Namespace": p.namespace, "Knative-Serving-Revision": name + "-00001"},
	}}}}
	ing := &v1alpha1.Ingress{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, Name: name, Labels: p.labels, Annotations: p.padded(map[string]string{"networking.knative.dev/ingress.class": class})},
		Spec: v1alpha1.IngressSpec{HTTPOption: v1alpha1.HTTPOptionEnabled, TLS: tls, Rules: []v1alpha1.IngressRule{
			{Hosts: p.localHosts(name), Visibility: v1alpha1.IngressVisibilityClusterLocal, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths}},
			{Hosts: []string{p.externalHost(name)}, Visibility: v1alpha1.IngressVisibilityExternalIP, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths}},
		}},
	}
	return p.networking.NetworkingV1alpha1().Ingresses(p.namespace).Create(ctx, ing, metav1.CreateOptions{})
}

// bare writes what the plugin's run writes as well, with no controller that reacts to it: the
// Service, a KIngress of a class that no controller serves, its HTTPRoutes, and once all of
// it is there the KIngress's status.
func (p *place) bare(ctx context.Context, name string, routes routesFor) error {
	ing, err := p.kingress(ctx, name, "nobody.ingress.networking.knative.dev")
	if err != nil {
		return err
	}
	written, err := routes(p, ing)
	if err != nil {
		return err
	}
	for _, route := range written {
		if _, err := p.gateway.GatewayV1().HTTPRoutes(p.namespace).Create(ctx, route, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	ing.Status.InitializeConditions()
	ing.Status.MarkNetworkConfigured()
	ing.Status.MarkLoadBalancerReady(nil, nil)
	_, err = p.networking.NetworkingV1alpha1().Ingresses(p.namespace).UpdateStatus(ctx, ing, metav1.UpdateOptions{})
	return err
}

func (p *place) service(ctx context.Context, name string) error {
	_, err := p.Kube.CoreV1().Services(p.namespace).Create(ctx, p.newService(name), metav1.CreateOptions{})
	return err
}

func (p *place) newService(name string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: p.namespace, Name: name, Annotations: p.padded(map[string]string{})},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": podName},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(podPort)}},
		},
	}
}

// padded adds the annotation of others, where there is one.
func (p *place) padded(annotations map[string]string) map[string]string {
	if p.padding != "" {
		annotations["bench.example/padding"] = p.padding
	}
	return annotations
}

func (p *place) localHosts(name string) []string {
	short := name + "." + p.namespace
	return []string{short, short + ".svc", short + ".svc.cluster.local"}
}

func (p *place) externalHost(name string) string { return name + "." + p.namespace + ".example.com" }
