// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
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
