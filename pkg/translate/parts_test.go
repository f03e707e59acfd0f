// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// The limits of an HTTPRoute, and how much of them the translation uses.
const (
	mostRules     = 12 // and four for probes
	mostHostnames = 16
)

// service is a Knative Service with tags, under many hosts.
type service struct {
	tags  sets.Set[int]
	hosts sets.Set[int]
	// percent goes to the new Revision.
	percent int
}

func (s service) draw(t *rapid.T) service {
	changed := service{tags: s.tags.Clone(), hosts: s.hosts.Clone(), percent: s.percent}
	switch rapid.SampledFrom([]string{"tags", "tags", "hosts", "percent"}).Draw(t, "change") {
	case "tags":
		toggle(t, changed.tags, 40)
	case "hosts":
		toggle(t, changed.hosts, 50)
	default:
		changed.percent = rapid.IntRange(0, 100).Draw(t, "percent")
	}
	return changed
}

// toggle changes one member, or many.
func toggle(t *rapid.T, members sets.Set[int], most int) {
	for _, member := range rapid.SliceOfNDistinct(rapid.IntRange(1, most), 1, 20, rapid.ID).Draw(t, "toggled") {
		if members.Has(member) {
			members.Delete(member)
		} else {
			members.Insert(member)
		}
	}
}

// upTo starts with none, or with the lower half of the members.
func upTo(t *rapid.T, most int, what string) sets.Set[int] {
	members := sets.New[int]()
	for member := range rapid.SampledFrom([]int{0, most / 2}).Draw(t, what) {
		members.Insert(member + 1)
	}
	return members
}

func hostOf(number int) string { return fmt.Sprintf("host-%02d.example.com", number) }

func (s service) names() []string {
	names := []string{"host.example.com"}
	for _, number := range sets.List(s.hosts) {
		names = append(names, hostOf(number))
	}
	return names
}

func aSplitTo(revision, percent int) v1alpha1.IngressBackendSplit {
	return v1alpha1.IngressBackendSplit{Percent: percent, IngressBackend: v1alpha1.IngressBackend{
		ServiceNamespace: "default", ServiceName: fmt.Sprintf("hello-%05d", revision), ServicePort: intstr.FromInt32(80),
	}}
}

// ingress is the rule that Serving writes for the hosts.
func (s service) ingress() *v1alpha1.Ingress {
	paths := []v1alpha1.HTTPIngressPath{}
	for _, tag := range sets.List(s.tags) {
		paths = append(paths, v1alpha1.HTTPIngressPath{
			Headers: map[string]v1alpha1.HeaderMatch{"Knative-Serving-Tag": {Exact: fmt.Sprintf("t%02d", tag)}},
			Splits:  []v1alpha1.IngressBackendSplit{aSplitTo(tag, 100)},
		})
	}
	paths = append(paths, v1alpha1.HTTPIngressPath{Splits: []v1alpha1.IngressBackendSplit{aSplitTo(98, 100-s.percent), aSplitTo(99, s.percent)}})
	ing := &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "hello", UID: "hello"}}
	ing.Spec.Rules = []v1alpha1.IngressRule{{
		Hosts: s.names(), Visibility: v1alpha1.IngressVisibilityExternalIP, HTTP: &v1alpha1.HTTPIngressRuleValue{Paths: paths},
	}}
	return ing
}

// request is a request for which a gateway finds a rule.
type request struct{ host, tag string }

// wanted are the requests that the KIngress serves, read without any of the code under test.
func (s service) wanted() map[request]string {
	wanted := map[request]string{}
	for _, host := range s.names() {
		wanted[request{host, ""}] = shares(map[int]int{98: 100 - s.percent, 99: s.percent})
		for tag := range s.tags {
			wanted[request{host, fmt.Sprintf("t%02d", tag)}] = shares(map[int]int{tag: 100})
		}
	}
	return wanted
}

func shares(of map[int]int) string {
	list := []string{}
	for _, revision := range slices.Sorted(maps.Keys(of)) {
		if of[revision] > 0 {
			list = append(list, fmt.Sprintf("hello-%05d:%d", revision, of[revision]))
		}
	}
	return strings.Join(list, " ")
}

// storedRoutes are the HTTPRoutes in an API server.
type storedRoutes map[string]*gatewayv1.HTTPRoute

// place is the HTTPRoute that serves a request, with the backends.
type place struct{ route, backends string }

// served has the HTTPRoutes that serve each request, without the rules for probes.
func (w storedRoutes) served() map[request][]place {
	served := map[request][]place{}
	for _, name := range slices.Sorted(maps.Keys(w)) {
		for _, host := range w[name].Spec.Hostnames {
			for _, rule := range w[name].Spec.Rules {
				tag := ""
				if headers := rule.Matches[0].Headers; len(headers) > 0 {
					tag = headers[0].Value
				}
				if tag == "override" {
					continue
				}
				backends := []string{}
				for _, ref := range rule.BackendRefs {
					backends = append(backends, fmt.Sprintf("%s:%d", ref.Name, *ref.Weight))
				}
				at := request{string(host), tag}
				served[at] = append(served[at], place{name, strings.Join(backends, " ")})
			}
		}
	}
	return served
}

// plan translates the service over the stored HTTPRoutes.
func (w storedRoutes) plan(t *rapid.T, s service) apply.Changes[*gatewayv1.HTTPRoute] {
	in := input.Input{
		Ingress: s.ingress(),
		Gateways: map[v1alpha1.IngressVisibility]input.Gateway{
			v1alpha1.IngressVisibilityExternalIP: {Name: types.NamespacedName{Namespace: "gateways", Name: "external"}},
		},
		Services: map[types.NamespacedName]*corev1.Service{},
		Routes:   w,
	}
	desired, err := translate.Ingress(in)
	if err != nil || len(desired.Refusals) > 0 {
		t.Fatal(err, desired.Refusals)
	}
	for _, route := range desired.Routes {
		rules, hostnames := len(route.Object.Spec.Rules), len(route.Object.Spec.Hostnames)
		if rules < 2 || rules > 1+mostRules || hostnames < 1 || hostnames > mostHostnames {
			t.Errorf("HTTPRoute %s has %d rules with that for probes, and %d hosts", route.Object.Name, rules, hostnames)
		}
	}
	return apply.Plan(in.Ingress, slices.Collect(maps.Values(w)), desired.Objects())
}

// writes are the changes one at a time, in the order in which they are made.
func (w storedRoutes) writes(changes apply.Changes[*gatewayv1.HTTPRoute]) []func() {
	writes := []func(){}
	for _, object := range changes.Create {
		writes = append(writes, func() { w[object.Name] = object })
	}
	for _, update := range changes.Update {
		writes = append(writes, func() { w[update.Desired.Name] = update.Desired })
	}
	for _, object := range changes.Delete {
		writes = append(writes, func() { delete(w, object.Name) })
	}
	return writes
}

// TestRulesStay: B-TRN-3, B-RDY-3. In random changes of tags, hosts and percents, some of which are
// interrupted, a request that is served and still wanted is served after every single write, by the
// former backends or the new ones. In the end each rule is on exactly one HTTPRoute within the limits,
// and no rule has moved that need not.
func TestRulesStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := storedRoutes{}
		now := service{tags: upTo(t, 40, "tags"), hosts: upTo(t, 50, "hosts")}
		for _, write := range stored.writes(stored.plan(t, now)) {
			write()
		}
		settled := true
		for range rapid.IntRange(2, 8).Draw(t, "changes") {
			next := now.draw(t)
			before, wanted := stored.served(), next.wanted()
			writes := stored.writes(stored.plan(t, next))
			done := len(writes)
			if rapid.IntRange(0, 4).Draw(t, "interrupted") == 0 {
				done = rapid.IntRange(0, done).Draw(t, "writes")
			}
			for i, write := range writes[:done] {
				write()
				stillServed(t, fmt.Sprintf("after write %d of %d", i+1, len(writes)), before, stored.served(), wanted)
			}
			if done == len(writes) {
				complete(t, stored.served(), wanted)
				if again := stored.plan(t, next); !again.Empty() {
					t.Errorf("A second look writes again: %+v", again)
				}
				if settled {
					stayed(t, now, next, before, stored.served())
				}
			}
			now, settled = next, done == len(writes)
		}
	})
}

func stillServed(t *rapid.T, when string, before, served map[request][]place, wanted map[request]string) {
	for at, backends := range wanted {
		if len(before[at]) == 0 {
			continue
		}
		if len(served[at]) == 0 {
			t.Fatalf("%s no HTTPRoute serves %+v, which was on %v", when, at, before[at])
		}
		for _, found := range served[at] {
			if found.backends != backends && !slices.ContainsFunc(before[at], func(old place) bool { return old.backends == found.backends }) {
				t.Fatalf("%s %+v is served by %+v, want %q", when, at, found, backends)
			}
		}
	}
}

func complete(t *rapid.T, served map[request][]place, wanted map[request]string) {
	found := map[request]string{}
	for at, places := range served {
		if found[at] = places[0].backends; len(places) != 1 {
			t.Fatalf("%+v is on %d HTTPRoutes: %v", at, len(places), places)
		}
	}
	if diff := cmp.Diff(wanted, found, cmp.AllowUnexported(request{})); diff != "" {
		t.Fatalf("Served is not what is wanted (-want, +got):\n%s", diff)
	}
}

// stayed fails if a host moved while hosts were added and removed: if they take several HTTPRoutes, a
// host may only move if the one that named its HTTPRoute was removed.
func stayed(t *rapid.T, old, now service, before, served map[request][]place) {
	if few := min(len(old.names()), len(now.names())) <= mostHostnames; few && !old.hosts.Equal(now.hosts) {
		return
	}
	names := now.names()
	for at, places := range before {
		if len(served[at]) == 0 || served[at][0].route == places[0].route {
			continue
		}
		if slices.ContainsFunc(names, func(host string) bool { return places[0].route == host || strings.HasPrefix(places[0].route, host+".") }) {
			t.Fatalf("%+v moved from HTTPRoute %s to %s", at, places[0].route, served[at][0].route)
		}
	}
}

// TestFirstRenderingIsSorted: B-TRN-4, without stored HTTPRoutes, rules and hosts are cut in their order,
// the untagged one first, so that the same service has the same HTTPRoutes in every cluster.
func TestFirstRenderingIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fresh := service{tags: upTo(t, 40, "tags"), hosts: upTo(t, 50, "hosts"), percent: 30}
		toggle(t, fresh.tags, 40)
		toggle(t, fresh.hosts, 50)
		found := []string{}
		for _, route := range (storedRoutes{}).plan(t, fresh).Create {
			hosts, tags := []string{}, []string{}
			for _, host := range route.Spec.Hostnames {
				hosts = append(hosts, string(host))
			}
			for _, rule := range route.Spec.Rules[1:] {
				tag := ""
				if headers := rule.Matches[0].Headers; len(headers) > 0 {
					tag = headers[0].Value
				}
				tags = append(tags, tag)
			}
			found = append(found, fmt.Sprint(route.Name, hosts, tags))
		}
		want, tags := []string{}, []string{}
		for _, tag := range sets.List(fresh.tags) {
			tags = append(tags, fmt.Sprintf("t%02d", tag))
		}
		for hosts := range slices.Chunk(slices.Sorted(slices.Values(fresh.names())), mostHostnames) {
			part := 0
			for tags := range slices.Chunk(append(tags, ""), mostRules) {
				if last := len(tags) - 1; tags[last] == "" { // what most requests meet is first
					tags = append([]string{""}, tags[:last]...)
				}
				name := hosts[len(hosts)-1]
				if part++; part > 1 {
					name = fmt.Sprintf("%s.%d", name, part)
				}
				want = append(want, fmt.Sprint(name, hosts, tags))
			}
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Fatalf("Another cut (-want, +got):\n%s", diff)
		}
	})
}

// TestWeightsOfOneBackend: B-TRN-3, however often a backend is named, no weight is above the limit of the
// API.
func TestWeightsOfOneBackend(t *testing.T) {
	one := service{}
	ing := one.ingress()
	ing.Spec.Rules[0].HTTP.Paths[0].Splits = slices.Repeat([]v1alpha1.IngressBackendSplit{aSplitTo(1, 100)}, 10_001)
	desired, err := translate.Ingress(input.Input{Ingress: ing, Gateways: map[v1alpha1.IngressVisibility]input.Gateway{v1alpha1.IngressVisibilityExternalIP: {}}})
	if err != nil || len(desired.Routes) != 1 {
		t.Fatal(desired, err)
	}
	weights := []int32{}
	for _, ref := range desired.Routes[0].Object.Spec.Rules[1].BackendRefs {
		weights = append(weights, *ref.Weight)
	}
	if !slices.Equal(weights, []int32{1_000_000, 100}) {
		t.Errorf("Weights %v", weights)
	}
}
