// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// parent is a parentRef, of a Gateway unless a kind is given, of the route's namespace unless one is given.
func parent(kind gatewayv1.Kind, namespace gatewayv1.Namespace, name gatewayv1.ObjectName) gatewayv1.ParentReference {
	ref := gatewayv1.ParentReference{Name: name}
	if kind != "" {
		ref.Kind = &kind
	}
	if namespace != "" {
		ref.Namespace = &namespace
	}
	return ref
}

// attached is an HTTPRoute of a KIngress with the label of a visibility; "unlabelled" has none.
func attached(name, visibility string, parents ...gatewayv1.ParentReference) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: named("default", name, map[string]string{"networking.internal.knative.dev/ingress": "hello"})}
	if visibility != "unlabelled" {
		route.Labels["networking.knative.dev/visibility"] = visibility
	}
	route.Spec.ParentRefs = parents
	return route
}

// annotated gives a route the state of a rollout.
func annotated(route *gatewayv1.HTTPRoute, state string) *gatewayv1.HTTPRoute {
	route.Annotations = map[string]string{"net-gateways.github.io/rollout": state}
	return route
}

const aHash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// TestAttachedGateways: B-INS-9, the Gateways that our routes are attached to, by the visibility that a route says it has.
func TestAttachedGateways(t *testing.T) {
	objects := []runtime.Object{
		attached("one", "", parent("", "gateways", "green"), parent("Gateway", "gateways", "blue")),
		attached("two", "", parent("", "gateways", "blue")),
		attached("local", "cluster-local", parent("", "gateways", "inner")),
		attached("here", "", parent("", "", "near"), parent("ListenerSet", "", "set"), parent("Service", "", "mesh")),
		attached("visibility-of-another-release", "secret", parent("", "gateways", "unknown")),
		annotated(attached("annotated", "unlabelled", parent("", "gateways", "old")), `{"private":true,"hash":"`+aHash+`"}`),
		annotated(attached("annotated-external", "unlabelled", parent("", "gateways", "old-external")), `{"hash":"`+aHash+`"}`),
		annotated(attached("unreadable", "unlabelled", parent("", "gateways", "lost")), `{`),
		attached("unlabelled", "unlabelled", parent("", "gateways", "lost")),
		attached("nowhere", ""),
	}
	others := attached("others", "", parent("", "gateways", "theirs"))
	delete(others.Labels, "networking.internal.knative.dev/ingress")
	objects = append(objects, others)
	for visibility, want := range map[v1alpha1.IngressVisibility][]string{
		v1alpha1.IngressVisibilityExternalIP:   {"default/near", "gateways/blue", "gateways/green", "gateways/old-external"},
		v1alpha1.IngressVisibilityClusterLocal: {"gateways/inner", "gateways/old"},
		"External":                             {},
	} {
		inBubble(t, string(visibility), objects, func(t *testing.T, f *fixture) {
			found, err := f.AttachedGateways(t.Context(), visibility)
			must(t, err)
			names := []string{}
			for _, name := range found {
				names = append(names, name.String())
			}
			expect(t, "Gateways", want, names)
		})
	}
}

func gatewayOf(namespace, name, class string) runtime.Object {
	found := &gatewayv1.Gateway{ObjectMeta: named(namespace, name, nil)}
	found.Spec.GatewayClassName = gatewayv1.ObjectName(class)
	return found
}

// gatewayClass has the condition Accepted, unless that is empty.
func gatewayClass(name string, accepted metav1.ConditionStatus) runtime.Object {
	found := &gatewayv1.GatewayClass{ObjectMeta: named("", name, nil)}
	if accepted != "" {
		found.Status.Conditions = []metav1.Condition{{Type: "Accepted", Status: accepted}}
	}
	return found
}

// routeOn is an HTTPRoute that is attached to some Gateways of a namespace.
func routeOn(namespace gatewayv1.Namespace, gateways ...gatewayv1.ObjectName) runtime.Object {
	route := attached("route", "")
	for _, name := range gateways {
		route.Spec.ParentRefs = append(route.Spec.ParentRefs, parent("", namespace, name))
	}
	return route
}

func proposed(class, namespace, name string) config.Proposal {
	return config.Proposal{Class: class, Gateway: types.NamespacedName{Namespace: namespace, Name: name}}
}

// TestProposals: B-INS-3, what to write for a visibility is taken from the Gateways that its routes are attached to, else
// from the one accepted GatewayClass, if there is just one; of several, all are named.
func TestProposals(t *testing.T) {
	for _, c := range []struct {
		name    string
		objects []runtime.Object
		want    []config.Proposal
		classes []string
	}{
		{"nothing is known", nil, nil, nil},
		{"the Gateways of routes", []runtime.Object{routeOn("gateways", "green", "blue"), gatewayOf("gateways", "blue", "fast"), gatewayOf("gateways", "green", "slow"), gatewayClass("other", "True")},
			[]config.Proposal{proposed("fast", "gateways", "blue"), proposed("slow", "gateways", "green")}, nil},
		{"one of them is gone", []runtime.Object{routeOn("gateways", "green", "blue"), gatewayOf("gateways", "blue", "fast"), gatewayClass("other", "True")},
			[]config.Proposal{proposed("fast", "gateways", "blue")}, nil},
		{"all are gone", []runtime.Object{routeOn("gateways", "green"), gatewayClass("other", "True")}, []config.Proposal{{Class: "other"}}, []string{"other"}},
		{"one that the controller made of the class", []runtime.Object{routeOn("knative-serving", "knative-external-fast"), gatewayOf("knative-serving", "knative-external-fast", "fast")},
			[]config.Proposal{{Class: "fast"}}, nil},
		{"one of that name of another class", []runtime.Object{routeOn("knative-serving", "knative-external-fast"), gatewayOf("knative-serving", "knative-external-fast", "slow")},
			[]config.Proposal{proposed("slow", "knative-serving", "knative-external-fast")}, nil},
		{"one of that name elsewhere", []runtime.Object{routeOn("gateways", "knative-external-fast"), gatewayOf("gateways", "knative-external-fast", "fast")},
			[]config.Proposal{proposed("fast", "gateways", "knative-external-fast")}, nil},
		{"one that the controller made for the other visibility", []runtime.Object{routeOn("knative-serving", "knative-local-fast"), gatewayOf("knative-serving", "knative-local-fast", "fast")},
			[]config.Proposal{proposed("fast", "knative-serving", "knative-local-fast")}, nil},
		{"the one accepted class", []runtime.Object{gatewayClass("fast", "True"), gatewayClass("refused", "False"), gatewayClass("new", "")}, []config.Proposal{{Class: "fast"}}, []string{"fast"}},
		{"two accepted classes", []runtime.Object{gatewayClass("slow", "True"), gatewayClass("fast", "True")}, nil, []string{"fast", "slow"}},
		{"no class is accepted", []runtime.Object{gatewayClass("refused", "False"), gatewayClass("new", "Unknown")}, nil, nil},
	} {
		inBubble(t, c.name, c.objects, func(t *testing.T, f *fixture) {
			found, err := f.Proposals(t.Context(), v1alpha1.IngressVisibilityExternalIP)
			must(t, err)
			expect(t, "Proposals", config.Proposals{Entries: c.want, Classes: c.classes}, found)
		})
	}
	for resource, c := range map[string]struct {
		objects []runtime.Object
		want    string
	}{
		"httproutes":     {nil, "HTTPRoutes: httproutes is forbidden: no right"},
		"gateways":       {[]runtime.Object{routeOn("gateways", "blue")}, "Gateways: gateways is forbidden: no right"},
		"gatewayclasses": {nil, "GatewayClasses: gatewayclasses is forbidden: no right"},
	} {
		inBubble(t, "unreadable "+resource, c.objects, func(t *testing.T, f *fixture) {
			f.refuse(resource)
			_, err := f.Proposals(t.Context(), v1alpha1.IngressVisibilityExternalIP)
			expect(t, "Error", c.want, textOf(err))
		})
	}
}
