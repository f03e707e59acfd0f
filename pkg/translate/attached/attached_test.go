// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// TestFrontendOf: B-PTH-3, the controller of a KIngress decides what its owner is, and a forged label does not.
func TestFrontendOf(t *testing.T) {
	for name, c := range map[string]struct {
		owner metav1.OwnerReference
		label string
		want  string
	}{
		"a Knative Service":                        {metav1.OwnerReference{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: "web"}, "web", "shop/Service/web"},
		"a DomainMapping":                          {metav1.OwnerReference{APIVersion: "serving.knative.dev/v1beta1", Kind: "DomainMapping", Name: "a.example.com"}, "", "shop/DomainMapping/a.example.com"},
		"a DomainMapping with a forged label":      {metav1.OwnerReference{APIVersion: "serving.knative.dev/v1beta1", Kind: "DomainMapping", Name: "a.example.com"}, "web", "shop/DomainMapping/a.example.com"},
		"a Route of no Service":                    {metav1.OwnerReference{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: "web"}, "", ""},
		"a Route with the label of another":        {metav1.OwnerReference{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: "web"}, "api", ""},
		"a Route of another group":                 {metav1.OwnerReference{APIVersion: "route.openshift.io/v1", Kind: "Route", Name: "web"}, "web", ""},
		"an owner that does not control the label": {metav1.OwnerReference{}, "web", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Labels: map[string]string{"serving.knative.dev/service": c.label}}}
			if c.owner.Kind != "" {
				c.owner.Controller = new(true)
			}
			ing.OwnerReferences = []metav1.OwnerReference{c.owner}
			got, is := FrontendOf(ing)
			if want := c.want; is != (want != "") || is && got.String() != want {
				t.Errorf("got %v, %t", got, is)
			}
		})
	}
}

// TestWeights: B-PTH-2, the ratios of weights and percentages stay, none becomes 0, and none is over the limit of
// the Gateway API.
func TestWeights(t *testing.T) {
	for name, c := range map[string]struct {
		shares []int64
		want   []int32
	}{
		"none":          {nil, []int32{}},
		"one":           {[]int64{share(1, 100, 100)}, []int32{1}},
		"multiplied":    {[]int64{share(90, 80, 100), share(90, 20, 100), share(10, 100, 100)}, []int32{36, 9, 5}},
		"a plain one":   {[]int64{share(1, 50, 100), share(1, 50, 100), share(3, 1, 1)}, []int32{1, 1, 6}},
		"the extremes":  {[]int64{share(1, 1, 100), share(1_000_000, 99, 100)}, []int32{1, 1_000_000}},
		"never nothing": {[]int64{1, precision * 1_000_000}, []int32{1, 1_000_000}},
	} {
		if got := weightsOf(c.shares); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestCompose: B-PTH-2, each backend contributes what it would serve to a request with these headers, and equal
// backends are one.
func TestCompose(t *testing.T) {
	backend := func(name string, weight int32) rules.Backend {
		found := rules.Backend{Weight: weight, Set: []rules.Header{{Name: headerOfRevision, Value: name}}}
		found.Service.Name = name
		return found
	}
	blue := []rules.Header{{Name: "Knative-Serving-Tag", Value: "blue"}}
	tagged := offer{weight: 3, variants: []rules.Rule{{Headers: blue, Backends: []rules.Backend{backend("a2", 100)}}, {Backends: []rules.Backend{backend("a1", 50), backend("b1", 50)}}}}
	plain := offer{weight: 1, variants: []rules.Rule{{Backends: []rules.Backend{backend("b1", 100)}}}}
	for name, c := range map[string]struct {
		headers []rules.Header
		want    []rules.Backend
	}{
		"without a tag":       {nil, []rules.Backend{backend("a1", 3), backend("b1", 5)}},
		"with a tag":          {blue, []rules.Backend{backend("a2", 3), backend("b1", 1)}},
		"with an unknown one": {[]rules.Header{{Name: "Knative-Serving-Tag", Value: "red"}}, []rules.Backend{backend("a1", 3), backend("b1", 5)}},
	} {
		if got := compose([]offer{tagged, plain}, c.headers); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v", name, got)
		}
	}
	if got := tagsOf([]offer{tagged, plain, tagged}); !reflect.DeepEqual(got, [][]rules.Header{blue}) {
		t.Errorf("tags %v", got)
	}
}

// TestNarrowed: B-PTH-3, hostnames narrow the hosts of the parent, by wildcards, too.
func TestNarrowed(t *testing.T) {
	hosts := []string{"a.example.com", "b.a.example.com", "example.com"}
	for pattern, want := range map[gatewayv1.Hostname][]string{
		"a.example.com": {"a.example.com"}, "*.example.com": {"a.example.com", "b.a.example.com"}, "*.com": hosts, "other.com": {},
	} {
		if got := narrowed(hosts, []gatewayv1.Hostname{pattern}); !slices.Equal(got, want) {
			t.Errorf("%s: got %v", pattern, got)
		}
	}
	if got := narrowed(hosts, nil); !slices.Equal(got, hosts) {
		t.Errorf("no hostnames: got %v", got)
	}
}

// TestBesides: B-PTH-2, a header that Serving sets is left to it, in any case; what else a filter does stays.
func TestBesides(t *testing.T) {
	header := func(name string) gatewayv1.HTTPHeader {
		return gatewayv1.HTTPHeader{Name: gatewayv1.HTTPHeaderName(name), Value: "x"}
	}
	filter := &gatewayv1.HTTPHeaderFilter{Set: []gatewayv1.HTTPHeader{header("x-default"), header("x-own")}, Add: []gatewayv1.HTTPHeader{header("X-DEFAULT")}, Remove: []string{"X-Default", "x-gone"}}
	backends := []rules.Backend{{}, {Set: []rules.Header{{Name: "X-Default", Value: "true"}}}}
	want := &gatewayv1.HTTPHeaderFilter{Set: []gatewayv1.HTTPHeader{header("x-own")}, Add: []gatewayv1.HTTPHeader{}, Remove: []string{"x-gone"}}
	if got := besides(filter, backends); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if got := besides(&gatewayv1.HTTPHeaderFilter{Remove: []string{"x-default"}}, backends); got != nil {
		t.Errorf("nothing is left, but got %v", got)
	}
}

// TestFrontendsOfRoute: B-PTH-5, a route has the frontends that it names, and those in the controller's entries of
// its status; those of other controllers are none.
func TestFrontendsOfRoute(t *testing.T) {
	ref := func(group, kind, name string) gatewayv1.ParentReference {
		return gatewayv1.ParentReference{Group: new(gatewayv1.Group(group)), Kind: new(gatewayv1.Kind(kind)), Name: gatewayv1.ObjectName(name)}
	}
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{
		{Name: "gateway"}, ref("", "Service", "mesh"), ref("serving.knative.dev", "Revision", "r"), ref("serving.knative.dev", "Service", "web"), ref("serving.knative.dev", "Service", "web"),
	}
	route.Status.Parents = []gatewayv1.RouteParentStatus{
		{ControllerName: ControllerName, ParentRef: ref("serving.knative.dev", "DomainMapping", "was")},
		{ControllerName: "other", ParentRef: ref("serving.knative.dev", "DomainMapping", "theirs")},
	}
	names := []string{}
	for _, frontend := range Frontends(route) {
		names = append(names, frontend.String())
	}
	if got, want := strings.Join(names, " "), "shop/Service/web shop/DomainMapping/was"; got != want {
		t.Errorf("got %s", got)
	}
}
