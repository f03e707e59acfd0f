// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// anInputWithTLS is a KIngress with a rule for each of so many hosts, the first of which have a
// certificate each, on a Gateway that admits ListenerSets.
func anInputWithTLS(hosts, certificates int) input.Input {
	ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "uid"}}
	for i := range hosts {
		host := fmt.Sprintf("h%d.example.com", i)
		ing.Spec.Rules = append(ing.Spec.Rules, v1alpha1.IngressRule{Hosts: []string{host}, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: []v1alpha1.HTTPIngressPath{{
			Splits: []v1alpha1.IngressBackendSplit{{IngressBackend: v1alpha1.IngressBackend{ServiceName: "one", ServicePort: intstr.FromInt32(80)}, Percent: 100}},
		}}}})
		if i < certificates {
			ing.Spec.TLS = append(ing.Spec.TLS, v1alpha1.IngressTLS{Hosts: []string{host}, SecretName: fmt.Sprintf("secret-%d", i)})
		}
	}
	return input.Input{
		Ingress:  ing,
		Gateways: map[v1alpha1.IngressVisibility]input.Gateway{v1alpha1.IngressVisibilityExternalIP: aGatewayForTLS("external")},
		Move:     input.Move{Now: now, Drain: time.Minute},
	}
}

func aGatewayForTLS(name string) input.Gateway {
	return input.Gateway{
		Name:          types.NamespacedName{Namespace: "gateways", Name: name},
		HTTPListeners: []string{"http"}, HTTPS: input.HTTPS{Port: 443},
		Features: features.Supported("gateway.envoyproxy.io/gatewayclass-controller", nil, nil),
	}
}

func ingress(t rapid.TB, in input.Input) translate.Desired {
	t.Helper()
	desired, err := translate.Ingress(in)
	if err != nil {
		t.Fatal(err)
	}
	return desired
}

// withStored is the input after the desired objects are stored and all listeners work.
func withStored(in input.Input, desired translate.Desired) input.Input {
	in.Routes, in.ListenerSets = map[string]*gatewayv1.HTTPRoute{}, map[string]*gatewayv1.ListenerSet{}
	for _, route := range desired.All() {
		in.Routes[route.Object.Name] = route.Object.DeepCopy()
	}
	for _, set := range desired.ListenerSets {
		set = set.DeepCopy()
		for _, listener := range set.Spec.Listeners {
			set.Status.Listeners = append(set.Status.Listeners, gatewayv1.ListenerEntryStatus{Name: listener.Name, Conditions: []metav1.Condition{
				{Type: string(gatewayv1.ListenerEntryConditionProgrammed), Status: metav1.ConditionTrue},
			}})
		}
		in.ListenerSets[set.Name] = set
	}
	return in
}

// withHosts are the external hosts of a KIngress, each with a rule of its own, and its
// certificates.
func withHosts(tls []v1alpha1.IngressTLS, hosts ...string) input.Input {
	in := anInputWithTLS(0, 0)
	for _, host := range hosts {
		in.Ingress.Spec.Rules = append(in.Ingress.Spec.Rules, v1alpha1.IngressRule{Hosts: []string{host}, HTTP: &v1alpha1.HTTPIngressRuleValue{
			Paths: []v1alpha1.HTTPIngressPath{{Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 100, nil)}}},
		}})
	}
	in.Ingress.Spec.TLS = tls
	return in
}

// withTLS is the input with other certificates.
func withTLS(in input.Input, tls ...v1alpha1.IngressTLS) input.Input {
	in.Ingress = in.Ingress.DeepCopy()
	in.Ingress.Spec.TLS = tls
	return in
}

func certificateOf(secret string, hosts ...string) v1alpha1.IngressTLS {
	return v1alpha1.IngressTLS{SecretName: secret, Hosts: hosts}
}

// withConflict is the input in which the gateway reports that other listeners have the hostnames of the
// shared ListenerSets.
func withConflict(in input.Input) input.Input {
	for _, set := range in.ListenerSets {
		if metav1.GetControllerOf(set) == nil {
			for i := range set.Status.Listeners {
				set.Status.Listeners[i].Conditions = []metav1.Condition{{Type: "Conflicted", Status: metav1.ConditionTrue}, {Type: "Programmed", Status: metav1.ConditionFalse}}
			}
		}
	}
	return in
}
