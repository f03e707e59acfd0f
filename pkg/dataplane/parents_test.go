// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

func TestGatewayBehind(t *testing.T) {
	at := func(kind gatewayv1.Kind, name gatewayv1.ObjectName, namespace ...gatewayv1.Namespace) gatewayv1.ParentReference {
		ref := gatewayv1.ParentReference{Name: name}
		if kind != "" {
			ref.Kind = &kind
		}
		for _, n := range namespace {
			ref.Namespace = &n
		}
		return ref
	}
	known := map[string]*gatewayv1.ListenerSet{}
	for name, gateway := range map[string]gatewayv1.ParentGatewayReference{
		"away": {Name: "blue", Namespace: new(gatewayv1.Namespace("gateways"))},
		"here": {Name: "blue"},
	} {
		known[name] = &gatewayv1.ListenerSet{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: gatewayv1.ListenerSetSpec{ParentRef: gateway}}
	}
	blue, ours := types.NamespacedName{Namespace: "gateways", Name: "blue"}, types.NamespacedName{Namespace: "default", Name: "blue"}
	for name, test := range map[string]struct {
		ref  gatewayv1.ParentReference
		want types.NamespacedName
	}{
		"a Gateway":                            {at("Gateway", "blue", "gateways"), blue},
		"the kind is the default":              {at("", "blue", "gateways"), blue},
		"the namespace is the default":         {at("Gateway", "blue"), ours},
		"a ListenerSet":                        {at("ListenerSet", "away"), blue},
		"a ListenerSet beside its Gateway":     {at("ListenerSet", "here"), ours},
		"a ListenerSet that is not known":      {ref: at("ListenerSet", "gone")},
		"a Service of the name of a Gateway":   {ref: at("Service", "blue", "gateways")},
		"a Gateway of the name of one of ours": {at("Gateway", "away"), types.NamespacedName{Namespace: "default", Name: "away"}},
	} {
		if got := dataplane.GatewayBehind(test.ref, "default", known); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestAdmits: the Gateway API compares hostnames without case, wildcards by whole labels.
func TestAdmits(t *testing.T) {
	for _, test := range []struct {
		hostname, host string
		want           bool
	}{
		{"", "hello.example.com", true},
		{"hello.example.com", "hello.example.com", true},
		{"Hello.Example.com", "hello.example.COM", true},
		{"hello.example.com", "a.hello.example.com", false},
		{"*.example.com", "hello.example.com", true},
		{"*.Example.com", "a.b.EXAMPLE.com", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", ".example.com", false},
		{"*.example.com", "hello-example.com", false},
		{"*.example.com", "*.example.com", true},
		{"*.com", "*.example.com", true},
		{"*.a.example.com", "*.example.com", false},
	} {
		if got := dataplane.Admits(test.hostname, test.host); got != test.want {
			t.Errorf("%q admits %q: %t", test.hostname, test.host, got)
		}
	}
}

// TestProgrammed: a condition of an older generation does not count.
func TestProgrammed(t *testing.T) {
	condition := func(kind string, status metav1.ConditionStatus, generation int64) []metav1.Condition {
		return []metav1.Condition{{Type: kind, Status: status, ObservedGeneration: generation}}
	}
	for name, test := range map[string]struct {
		said []metav1.Condition
		want bool
	}{
		"nothing":                 {nil, false},
		"another condition":       {condition("Accepted", "True", 2), false},
		"no":                      {condition("Programmed", "False", 2), false},
		"yes":                     {condition("Programmed", "True", 2), true},
		"yes, of what came since": {condition("Programmed", "True", 3), true},
		"yes, of what was before": {condition("Programmed", "True", 1), false},
	} {
		if got := dataplane.Programmed(test.said, 2); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
