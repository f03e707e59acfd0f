// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// What random KIngresses are made of: few values, so that they meet, and now and then
// an odd one. The odd ones have once been trouble, or are beyond a limit of the API.
var (
	someHosts = mostly([]string{
		"a.example.com", "b.example.com", "c.example.com", "*.example.com", "wildcard.example.com", "example.com.wildcard", "a.example.com.2", "a.example.com.0",
		"hello.default", "hello.default.svc", "hello.default.svc.cluster.local",
	}, "UPPER.example.com", "under_score", "*", "*.", "", "-", "a..b", "10.0.0.1", "a.example.com:80")
	somePaths = mostly([]string{"", "/", "/foo", "/foo/", "/foo/bar", "/foobar", "/.well-known/acme-challenge/token", "/%41", "/.well-known/net-gateways-probe/2"},
		"relative", "//", "/..", "/./", "/a/../b", "/%2f", "/#", "/ä")
	someNames      = mostly([]string{"X-One", "x-one", "X-Two", "K-Network-Hash", "Knative-Serving-Revision"}, "Host", "Not A Name", "")
	someValues     = mostly([]string{"one", "two", "override", "%REQ(:path)%"}, "", "line\nbreak", " spaces ", "ä")
	someServices   = mostly([]string{"one", "two", "alias", "outside", "absent"}, "Not_A_Name", "")
	someNamespaces = mostly([]string{"", "default", "elsewhere"}, "Not_A_Namespace")
	somePorts      = mostly([]intstr.IntOrString{intstr.FromInt32(80), intstr.FromInt32(8080), intstr.FromInt32(443), intstr.FromString("http"), intstr.FromString("https")},
		intstr.FromInt32(0), intstr.FromInt32(-1), intstr.FromInt32(70000), intstr.FromString("absent"), intstr.IntOrString{})
	somePercents   = mostly([]int{0, 0, 1, 50, 100}, -1, 101, 1<<40)
	someVisibility = mostly([]v1alpha1.IngressVisibility{"", "ExternalIP", "ClusterLocal", "ClusterLocal"}, "Nonsense")
	someRewrites   = mostly([]string{"", "", "", mappedHost, "other.example.com"}, "UPPER.example.com")
)

const mappedHost = "mapped.default.svc.cluster.local"

// mostly draws good values, and one odd value in forty.
func mostly[T any](good []T, odd ...T) *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		if rapid.IntRange(0, 39).Draw(t, "odd") == 39 {
			return rapid.SampledFrom(odd).Draw(t, "value")
		}
		return rapid.SampledFrom(good).Draw(t, "value")
	})
}

func headersGen() *rapid.Generator[map[string]string] {
	return rapid.MapOfN(someNames, someValues, 0, 4)
}

func splitGen() *rapid.Generator[v1alpha1.IngressBackendSplit] {
	return rapid.Custom(func(t *rapid.T) v1alpha1.IngressBackendSplit {
		return v1alpha1.IngressBackendSplit{
			IngressBackend: v1alpha1.IngressBackend{
				ServiceName:      someServices.Draw(t, "service"),
				ServiceNamespace: someNamespaces.Draw(t, "namespace"),
				ServicePort:      somePorts.Draw(t, "port"),
			},
			Percent:       somePercents.Draw(t, "percent"),
			AppendHeaders: headersGen().Draw(t, "after"),
		}
	})
}

func pathGen() *rapid.Generator[v1alpha1.HTTPIngressPath] {
	return rapid.Custom(func(t *rapid.T) v1alpha1.HTTPIngressPath {
		path := v1alpha1.HTTPIngressPath{
			Path:          somePaths.Draw(t, "path"),
			RewriteHost:   someRewrites.Draw(t, "rewriteHost"),
			AppendHeaders: headersGen().Draw(t, "before"),
			Splits:        rapid.SliceOfN(splitGen(), 0, 18).Draw(t, "splits"),
			Headers:       map[string]v1alpha1.HeaderMatch{},
		}
		for name, value := range headersGen().Draw(t, "match") {
			path.Headers[name] = v1alpha1.HeaderMatch{Exact: value}
		}
		return path
	})
}

func ingressGen(name string, hosts *rapid.Generator[string]) *rapid.Generator[*v1alpha1.Ingress] {
	return rapid.Custom(func(t *rapid.T) *v1alpha1.Ingress {
		ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID(name)}}
		for range rapid.IntRange(0, 4).Draw(t, "rules") {
			rule := v1alpha1.IngressRule{
				Hosts:      rapid.SliceOfN(hosts, 1, 20).Draw(t, "hosts"),
				Visibility: someVisibility.Draw(t, "visibility"),
			}
			if rapid.IntRange(0, 9).Draw(t, "http") > 0 {
				rule.HTTP = &v1alpha1.HTTPIngressRuleValue{Paths: rapid.SliceOfN(pathGen(), 0, 20).Draw(t, "paths")}
			}
			ing.Spec.Rules = append(ing.Spec.Rules, rule)
		}
		for range rapid.IntRange(0, 3).Draw(t, "certificates") {
			ing.Spec.TLS = append(ing.Spec.TLS, v1alpha1.IngressTLS{
				Hosts: rapid.SliceOfN(hosts, 0, 3).Draw(t, "secured"), SecretName: someServices.Draw(t, "secret"), SecretNamespace: someNamespaces.Draw(t, "of"),
			})
		}
		ing.Spec.HTTPOption = rapid.SampledFrom([]v1alpha1.HTTPOption{"", v1alpha1.HTTPOptionEnabled, v1alpha1.HTTPOptionRedirected}).Draw(t, "httpOption")
		return ing
	})
}

func inputGen() *rapid.Generator[input.Input] {
	return rapid.Custom(func(t *rapid.T) input.Input {
		supported := features.Supported("", nil, nil)
		if rapid.Bool().Draw(t, "capable") {
			supported = features.Supported("gateway.envoyproxy.io/gatewayclass-controller", nil, nil)
		}
		in := input.Input{
			Namespace:        &metav1.ObjectMeta{Name: "default", UID: "default"},
			Ingress:          ingressGen("random", someHosts).Draw(t, "ingress"),
			Gateways:         map[v1alpha1.IngressVisibility]input.Gateway{},
			Services:         map[types.NamespacedName]*corev1.Service{},
			RewriteTargets:   map[string]*v1alpha1.Ingress{},
			ConflictingHosts: sets.New[input.HostAt](),
			Trust:            input.Trust{Authorities: rapid.SampledFrom([]string{certificate, ""}).Draw(t, "authorities")},
		}
		for _, visibility := range config.Visibilities {
			in.Gateways[visibility] = input.Gateway{
				Name: types.NamespacedName{Namespace: "gateways", Name: string(visibility)}, Features: supported,
				HTTPListeners: []string{"http"}, HTTPS: input.HTTPS{Port: 443},
			}
		}
		for name, target := range map[string]string{"one": "", "two": "", "alias": "one.default.svc.cluster.local", "outside": "www.example.org"} {
			service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: types.UID(name)}}
			service.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}, {Name: "https", Port: 443}}
			if target != "" {
				service.Spec = corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: target}
			}
			in.Services[types.NamespacedName{Namespace: "default", Name: name}] = service
		}
		if rapid.Bool().Draw(t, "mapped") {
			in.RewriteTargets[mappedHost] = ingressGen("mapped", rapid.Just(mappedHost)).Draw(t, "target")
		}
		return withListeners(t, in)
	})
}

// TestAnyIngress: B-TRN-2, B-TRN-3, B-TRN-4, B-TLS-1, B-OPS-5 for random KIngresses: an API
// server takes every HTTPRoute as it is, the input stays, the order of hosts does not
// matter, and nothing is dropped in silence.
func TestAnyIngress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := inputGen().Draw(t, "input")
		before := inputCopy(in)
		desired, err := translate.Ingress(in)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(before, in) {
			t.Error("The input was changed")
		}
		for _, route := range desired.Routes {
			if err := admitRoute(route.Object); err != nil {
				t.Errorf("HTTPRoute %s: %v", route.Object.Name, err)
			}
		}
		for _, set := range desired.ListenerSets {
			if err := admitListenerSet(set); err != nil {
				t.Errorf("ListenerSet %s: %v", set.Name, err)
			}
		}
		for _, policy := range desired.Policies {
			if err := admitPolicy(policy); err != nil {
				t.Errorf("BackendTLSPolicy %s: %v", policy.Name, err)
			}
		}
		if host := written(desired); host != "" {
			t.Errorf("Host %s is written and preserved", host)
		}
		if err := sound(in, desired); err != nil {
			t.Error(err)
		}
		if dropped := unserved(in, desired); len(dropped) > 0 && len(desired.Gaps)+len(desired.Refusals) == 0 {
			t.Error("Hosts are dropped in silence:", dropped)
		}
		sameForHostsInAnyOrder(t, before, desired)
	})
}

// written finds a host with an HTTPRoute although its backends cannot be reached over TLS (B-TLS-4).
func written(desired translate.Desired) string {
	for _, route := range desired.Routes {
		for _, host := range route.Object.Spec.Hostnames {
			if desired.PreservedHosts.Has(input.HostAt{Visibility: route.Visibility, Host: string(host)}) {
				return string(host)
			}
		}
	}
	return ""
}

// sameForHostsInAnyOrder compares translations for two orders of the hosts, without the hash, which
// depends on the order.
func sameForHostsInAnyOrder(t *rapid.T, in input.Input, desired translate.Desired) {
	for i := range in.Ingress.Spec.Rules {
		rule := &in.Ingress.Spec.Rules[i]
		rule.Hosts = shuffle(rand.New(rand.NewPCG(1, 2)), rule.Hosts)
	}
	again, err := translate.Ingress(in)
	if err != nil || len(again.Routes) != len(desired.Routes) {
		t.Fatalf("Hosts in another order give %d routes, not %d: %v", len(again.Routes), len(desired.Routes), err)
	}
	for i, route := range desired.Routes {
		other := again.Routes[i].Object.Spec
		if !slices.Equal(route.Object.Spec.Hostnames, other.Hostnames) || !reflect.DeepEqual(route.Object.Spec.Rules[1:], other.Rules[1:]) {
			t.Errorf("Hosts in another order give another HTTPRoute %s", route.Object.Name)
		}
	}
}
