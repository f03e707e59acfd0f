// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

type set = map[string]string

// aSplit is a share of requests for a Service.
func aSplit(service string, percent int, headers set) v1alpha1.IngressBackendSplit {
	return v1alpha1.IngressBackendSplit{
		IngressBackend: v1alpha1.IngressBackend{ServiceName: service, ServicePort: intstr.FromInt32(80)}, Percent: percent, AppendHeaders: headers,
	}
}

// mapping is a KIngress that rewrites to a host of another, and both have these paths.
func mapping(outer, inner v1alpha1.HTTPIngressPath) input.Input {
	const host = "hello.default.svc.cluster.local"
	outer.RewriteHost = host
	in := anInputWithTLS(0, 0)
	rule := func(host string, path v1alpha1.HTTPIngressPath) []v1alpha1.IngressRule {
		return []v1alpha1.IngressRule{{Hosts: []string{host}, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: []v1alpha1.HTTPIngressPath{path}}}}
	}
	in.Ingress.Spec.Rules = rule("vanity.example.org", outer)
	target := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "target"}}
	target.Spec.Rules = rule(host, inner)
	in.RewriteTargets = map[string]*v1alpha1.Ingress{host: target}
	return in
}

// sent are the headers with which a rule sends requests to each of its backends, those of the rule and of
// the backend, and its weight.
func sent(rule gatewayv1.HTTPRouteRule) []string {
	setBy := func(filters []gatewayv1.HTTPRouteFilter) set {
		found := set{}
		for _, filter := range filters {
			if filter.RequestHeaderModifier != nil {
				for _, header := range filter.RequestHeaderModifier.Set {
					found[string(header.Name)] = header.Value
				}
			}
		}
		return found
	}
	found := []string{}
	for _, ref := range rule.BackendRefs {
		byRule, byBackend := setBy(rule.Filters), setBy(ref.Filters)
		for name := range byRule {
			if _, both := byBackend[name]; both {
				found = append(found, fmt.Sprintf("%s is set twice", name))
			}
		}
		maps.Copy(byRule, byBackend)
		found = append(found, fmt.Sprintf("%d %s %v", *ref.Weight, ref.Name, byRule))
	}
	return found
}

// TestSplitsCombine: B-DMP-1, a request that passes two splits gets the headers of both, those of the
// inner one last, and each backend gets the product of the percentages. No header is set in two places,
// because a proxy may take either.
func TestSplitsCombine(t *testing.T) {
	for name, test := range map[string]struct {
		outer, inner v1alpha1.HTTPIngressPath
		want         []string
		onBackends   bool
	}{
		"Serving's DomainMapping, one Revision": {
			outer: v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("hello", 100, set{"K-Original-Host": "vanity.example.org"})}},
			inner: v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 100, set{"R": "one"})}},
			want:  []string{"100 one map[K-Original-Host:vanity.example.org R:one]"},
		},
		"two Revisions": {
			outer:      v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("hello", 100, set{"K-Original-Host": "vanity.example.org"})}},
			inner:      v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 90, set{"R": "one"}), aSplit("two", 10, set{"R": "two"})}},
			want:       []string{"90 one map[K-Original-Host:vanity.example.org R:one]", "10 two map[K-Original-Host:vanity.example.org R:two]"},
			onBackends: true,
		},
		"later ones win": {
			outer: v1alpha1.HTTPIngressPath{AppendHeaders: set{"A": "1", "B": "1", "C": "1", "D": "1"},
				Splits: []v1alpha1.IngressBackendSplit{aSplit("hello", 100, set{"b": "2", "C": "2", "D": "2"})}},
			inner: v1alpha1.HTTPIngressPath{AppendHeaders: set{"C": "3", "D": "3"},
				Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 50, set{"D": "4"}), aSplit("two", 50, nil)}},
			want:       []string{"50 one map[A:1 C:3 D:4 b:2]", "50 two map[A:1 C:3 D:3 b:2]"},
			onBackends: true,
		},
		"two outer shares": {
			outer: v1alpha1.HTTPIngressPath{AppendHeaders: set{"O": "1"},
				Splits: []v1alpha1.IngressBackendSplit{aSplit("hello", 75, set{"O": "2", "I": "2"}), aSplit("hello", 25, nil)}},
			inner: v1alpha1.HTTPIngressPath{AppendHeaders: set{"I": "3"},
				Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 90, nil), aSplit("two", 10, nil)}},
			want:       []string{"6750 one map[I:3 O:2]", "750 two map[I:3 O:2]", "2250 one map[I:3 O:1]", "250 two map[I:3 O:1]"},
			onBackends: true,
		},
		"two outer shares of one kind are one": {
			outer: v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("hello", 75, set{"O": "1"}), aSplit("hello", 25, set{"O": "1"})}},
			inner: v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 100, nil)}},
			want:  []string{"10000 one map[O:1]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			desired := ingress(t, mapping(test.outer, test.inner))
			rules := desired.Routes[0].Object.Spec.Rules
			rule := rules[len(rules)-1]
			if got := sent(rule); !slices.Equal(got, test.want) {
				t.Errorf("Sends\n%v, want\n%v", got, test.want)
			}
			filtered := slices.ContainsFunc(rule.BackendRefs, func(ref gatewayv1.HTTPBackendRef) bool { return len(ref.Filters) > 0 })
			if filtered && !test.onBackends {
				t.Error("One backend: its headers are the rule's (B-TRN-2)")
			}
			if len(desired.Gaps)+len(desired.Refusals) > 0 {
				t.Error("Gaps:", desired.Gaps, desired.Refusals)
			}
		})
	}
}

// TestNoBackendIsNotCombined: B-TRN-2, a rule whose split has no backend with traffic answers 500, and
// does not get the backends of the host that it rewrites to.
func TestNoBackendIsNotCombined(t *testing.T) {
	nothing := v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("hello", 0, nil), aSplit("hello", 0, nil)}}
	desired := ingress(t, mapping(nothing, v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplit("one", 100, nil)}}))
	rules := desired.Routes[0].Object.Spec.Rules
	if last := rules[len(rules)-1]; len(last.BackendRefs) > 0 || len(desired.Gaps) == 0 {
		t.Errorf("Sends %v, and says %v", sent(last), desired.Gaps)
	}
}
