// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// shapes are the ways in which a KIngress can be large.
var shapes = []struct {
	name string
	of   func(n int) input.Input
}{
	{"tags", anInputWithTags},
	{"tags with certificates", func(n int) input.Input { return withCertificates(anInputWithTags(n)) }},
	{"tags redirected", func(n int) input.Input {
		in := withCertificates(anInputWithTags(n))
		in.Ingress.Spec.HTTPOption = v1alpha1.HTTPOptionRedirected
		return in
	}},
	{"paths", func(n int) input.Input { return anInputWithPaths(1, n) }},
	{"paths of 50 hosts", func(n int) input.Input { return anInputWithPaths(50, n) }},
	{"hosts", func(n int) input.Input { return anInputWithPaths(n, 1) }},
	{"rules", func(n int) input.Input { return anInputWithTLS(n, 0) }},
	{"certificates", func(n int) input.Input { return anInputWithTLS(n, n) }},
	{"certificates on the Gateway", func(n int) input.Input {
		in := anInputWithTLS(n, n)
		in.NoListenerSets = "not served"
		return in
	}},
	{"a domain", func(n int) input.Input {
		in := anInputWithTLS(n, n)
		for i := range in.Ingress.Spec.TLS {
			in.Ingress.Spec.TLS[i].SecretName = "wildcard"
		}
		return in
	}},
	{"sharers", anInputWithSharers},
	{"backends", func(n int) input.Input {
		in := anInputWithPaths(1, 1)
		only := in.Ingress.Spec.Rules[0].HTTP.Paths[0].Splits[0]
		for i := range n - 1 {
			in.Ingress.Spec.Rules[0].HTTP.Paths[0].Splits = append(in.Ingress.Spec.Rules[0].HTTP.Paths[0].Splits, only)
			in.Ingress.Spec.Rules[0].HTTP.Paths[0].Splits[i].ServiceName = fmt.Sprintf("s%d", i)
		}
		return in
	}},
	{"gaps", func(n int) input.Input {
		in := anInputWithPaths(1, n)
		for i := range in.Ingress.Spec.Rules[0].HTTP.Paths {
			in.Ingress.Spec.Rules[0].HTTP.Paths[i].AppendHeaders = map[string]string{"Empty": ""}
		}
		return in
	}},
	{"refusals", func(n int) input.Input {
		in := anInputWithPaths(1, n)
		for i := range in.Ingress.Spec.Rules[0].HTTP.Paths {
			in.Ingress.Spec.Rules[0].HTTP.Paths[i].Path += "//"
		}
		return in
	}},
	{"headers", func(n int) input.Input {
		in := anInputWithPaths(1, 1)
		in.Ingress.Spec.Rules[0].HTTP.Paths[0].AppendHeaders = map[string]string{}
		for i := range n {
			in.Ingress.Spec.Rules[0].HTTP.Paths[0].AppendHeaders[fmt.Sprintf("X-%d", i)] = "x"
		}
		return in
	}},
	{"mapped", anInputWithMapping},
	{"attached", anInputWithAttached},
}

// anInputWithTags is a service with so many tags, as Serving writes it: a rule with a header for each on the main host, and a host for each.
func anInputWithTags(n int) input.Input {
	in := anInputWithTLS(0, 0)
	in.Gateways[v1alpha1.IngressVisibilityClusterLocal] = aGatewayForTLS("internal")
	split := func(i int) []v1alpha1.IngressBackendSplit {
		revision := fmt.Sprintf("hello-%05d", i)
		return []v1alpha1.IngressBackendSplit{{Percent: 100,
			IngressBackend: v1alpha1.IngressBackend{ServiceName: revision, ServicePort: intstr.FromInt32(80)},
			AppendHeaders:  map[string]string{"Knative-Serving-Revision": revision, "Knative-Serving-Namespace": "default"},
		}}
	}
	for visibility, domains := range map[v1alpha1.IngressVisibility][]string{
		v1alpha1.IngressVisibilityExternalIP:   {".default.example.com"},
		v1alpha1.IngressVisibilityClusterLocal: {".default", ".default.svc", ".default.svc.cluster.local"},
	} {
		rule := func(name string, paths ...v1alpha1.HTTPIngressPath) v1alpha1.IngressRule {
			rule := v1alpha1.IngressRule{Visibility: visibility, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths}}
			for _, domain := range domains {
				rule.Hosts = append(rule.Hosts, name+domain)
			}
			return rule
		}
		main := []v1alpha1.HTTPIngressPath{}
		for i := range n {
			main = append(main, v1alpha1.HTTPIngressPath{Headers: map[string]v1alpha1.HeaderMatch{"Knative-Serving-Tag": {Exact: fmt.Sprintf("t%d", i)}}, Splits: split(i)})
		}
		in.Ingress.Spec.Rules = append(in.Ingress.Spec.Rules, rule("hello", append(main, v1alpha1.HTTPIngressPath{Splits: split(0)})...))
		for i := range n {
			in.Ingress.Spec.Rules = append(in.Ingress.Spec.Rules, rule(fmt.Sprintf("t%d-hello", i), v1alpha1.HTTPIngressPath{Splits: split(i)}))
		}
	}
	return in
}

// withCertificates has a certificate for each external host.
func withCertificates(in input.Input) input.Input {
	for _, rule := range in.Ingress.Spec.Rules {
		if rule.Visibility == v1alpha1.IngressVisibilityExternalIP {
			in.Ingress.Spec.TLS = append(in.Ingress.Spec.TLS, v1alpha1.IngressTLS{Hosts: rule.Hosts, SecretName: rule.Hosts[0]})
		}
	}
	return in
}

// anInputWithPaths is one rule with so many hosts and paths.
func anInputWithPaths(hosts, paths int) input.Input {
	in := anInputWithTLS(1, 0)
	rule := &in.Ingress.Spec.Rules[0]
	only := rule.HTTP.Paths[0]
	rule.Hosts, rule.HTTP.Paths = nil, nil
	for i := range hosts {
		rule.Hosts = append(rule.Hosts, fmt.Sprintf("h%d.example.com", i))
	}
	for i := range paths {
		only.Path = fmt.Sprintf("/p%d", i)
		only.Splits = append([]v1alpha1.IngressBackendSplit(nil), only.Splits...)
		rule.HTTP.Paths = append(rule.HTTP.Paths, only)
	}
	return in
}

// anInputWithSharers is a KIngress with a certificate that so many others share.
func anInputWithSharers(n int) input.Input {
	in := anInputWithTLS(1, 1)
	for i := range n {
		other := in.Ingress.DeepCopy()
		other.Name, other.UID = fmt.Sprintf("other-%d", i), types.UID(fmt.Sprint(i))
		host := other.Name + ".example.com"
		other.Spec.Rules[0].Hosts, other.Spec.TLS[0].Hosts = []string{host}, []string{host}
		if in.Sharers == nil {
			in.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{}
		}
		in.Sharers[v1alpha1.IngressVisibilityExternalIP] = append(in.Sharers[v1alpha1.IngressVisibilityExternalIP], other)
	}
	return in
}

// anInputWithMapping leads each of so many paths to a host at which another KIngress serves as many.
func anInputWithMapping(n int) input.Input {
	in, target := anInputWithPaths(1, n), anInputWithPaths(1, n)
	target.Ingress.Name, target.Ingress.Spec.Rules[0].Hosts = "target", []string{"target.default.svc.cluster.local"}
	in.RewriteTargets = map[string]*v1alpha1.Ingress{"target.default.svc.cluster.local": target.Ingress}
	for i := range in.Ingress.Spec.Rules[0].HTTP.Paths {
		in.Ingress.Spec.Rules[0].HTTP.Paths[i].RewriteHost = "target.default.svc.cluster.local"
	}
	return in
}

// TestGrowsWithItsParts: B-TRN-11, B-PTH-8, four times as large a KIngress takes four times the memory, new and
// with its objects stored. BenchmarkLarge measures the time.
func TestGrowsWithItsParts(t *testing.T) {
	for _, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			small, large := shape.of(250), shape.of(1000)
			grows(t, "new", small, large)
			grows(t, "stored", withStored(small, ingress(t, small)), withStored(large, ingress(t, large)))
		})
	}
}

// grows holds four times the parts to less than seven times the bytes: what grows with the square takes sixteen
// times as many, while the race detector, under which a sync.Pool drops some of what it is given, has been
// seen to make five times of four.
func grows(t *testing.T, what string, small, large input.Input) {
	t.Helper()
	fewer, less := allocated(t, small)
	more, most := allocated(t, large)
	if more > 5*fewer+1000 || most > 7*less+1<<18 {
		t.Errorf("%s: %d allocations of %d bytes grow to %d of %d", what, fewer, less, more, most)
	}
}

// allocated is the least that a translation allocates: without what the process allocates besides, and
// without filling pools again that the garbage collector has emptied.
func allocated(t *testing.T, in input.Input) (allocations, size uint64) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	allocations, size = math.MaxUint64, math.MaxUint64
	for range 5 {
		before, after := runtime.MemStats{}, runtime.MemStats{}
		runtime.ReadMemStats(&before)
		ingress(t, in)
		runtime.ReadMemStats(&after)
		allocations, size = min(allocations, after.Mallocs-before.Mallocs), min(size, after.TotalAlloc-before.TotalAlloc)
	}
	return allocations, size
}

// TestMapsNoMoreThanItCanHold: B-TRN-11, B-OPS-5, a KIngress whose thousand rules all rewrite to a host
// with as many would have a million rules.
func TestMapsNoMoreThanItCanHold(t *testing.T) {
	in := anInputWithMapping(1000)
	for _, ing := range []*v1alpha1.Ingress{in.Ingress, in.RewriteTargets["target.default.svc.cluster.local"]} {
		for i := range ing.Spec.Rules[0].HTTP.Paths {
			path := &ing.Spec.Rules[0].HTTP.Paths[i]
			path.Path, path.Headers = "", map[string]v1alpha1.HeaderMatch{ing.Name: {Exact: fmt.Sprint(i)}}
		}
	}
	desired := ingress(t, in)
	rules, unserved := 0, 0
	for _, route := range desired.Routes {
		for _, rule := range route.Object.Spec.Rules {
			if rules++; len(rule.BackendRefs) == 0 {
				unserved++
			}
		}
	}
	if unserved != 990 || rules > 12_500 || len(desired.Refusals) != 990 {
		t.Errorf("%d rules, of which %d are answered 500, and %d refusals", rules, unserved, len(desired.Refusals))
	}
	if got := desired.Refusals[0]; got.Field != "spec.rules[0].http.paths[10].rewriteHost" || got.Reason() != "Unsupported" {
		t.Errorf("%s: %v", got.Reason(), got)
	}
}
