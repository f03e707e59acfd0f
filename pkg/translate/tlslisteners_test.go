// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
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
	for _, route := range desired.Routes {
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

// homes has the ListenerSet of each hostname.
func homes(desired translate.Desired) map[string]string {
	found := map[string]string{}
	for _, set := range desired.ListenerSets {
		for _, listener := range set.Spec.Listeners {
			found[string(*listener.Hostname)] = set.Name
		}
	}
	return found
}

// TestListenersStay: B-TLS-1, B-TLS-5, whichever hosts get and lose a certificate, each host in spec.tls
// has one listener, no ListenerSet has more than 64, and no listener moves.
func TestListenersStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := anInputWithTLS(200, 200)
		all := slices.Clone(in.Ingress.Spec.TLS)
		previous := map[string]string{}
		for range 3 {
			in.Ingress = in.Ingress.DeepCopy()
			in.Ingress.Spec.TLS = all[:rapid.IntRange(0, 200).Draw(t, "certificates")]
			if len(in.Ingress.Spec.TLS) > 0 {
				in.Ingress.Spec.TLS = in.Ingress.Spec.TLS[rapid.IntRange(0, len(in.Ingress.Spec.TLS)-1).Draw(t, "from"):]
			}
			desired := ingress(t, in)
			now := homes(desired)
			for _, tls := range in.Ingress.Spec.TLS {
				if now[tls.Hosts[0]] == "" {
					t.Error("No listener for", tls.Hosts[0])
				}
			}
			for host, home := range previous {
				if now[host] != home {
					t.Errorf("Listener of %s was on %s, and is on %q within the drain time", host, home, now[host])
				}
			}
			for _, set := range desired.ListenerSets {
				if len(set.Spec.Listeners) > 64 {
					t.Errorf("ListenerSet %s has %d listeners", set.Name, len(set.Spec.Listeners))
				}
			}
			previous, in = now, withStored(in, desired)
		}
	})
}

// parentsOf are the names of a route's parents.
func parentsOf(desired translate.Desired, route string) []string {
	for _, found := range desired.Routes {
		if found.Object.Name == route {
			names := []string{}
			for _, ref := range found.Object.Spec.ParentRefs {
				names = append(names, string(*ref.Kind)+" "+string(ref.Name))
			}
			return names
		}
	}
	return nil
}

// TestRedirectStays: B-TLS-2, a host is redirected once its listener works, and stays so if the listener
// fails. Without an entry in spec.tls it is served over HTTP.
func TestRedirectStays(t *testing.T) {
	in := anInputWithTLS(1, 1)
	in.Ingress.Spec.HTTPOption = v1alpha1.HTTPOptionRedirected
	desired := ingress(t, in)
	plain := []string{"Gateway external", "ListenerSet " + desired.ListenerSets[0].Name}
	expectParents(t, "before the listener works", desired, plain)
	before := desired.Version(v1alpha1.IngressVisibilityExternalIP)

	in = withStored(in, desired)
	desired = ingress(t, in)
	expectParents(t, "when it works", desired, plain[1:])
	if desired.Version(v1alpha1.IngressVisibilityExternalIP) == before {
		t.Error("Another version must be proven")
	}
	in = withStored(in, desired)
	for _, set := range in.ListenerSets {
		set.Status = gatewayv1.ListenerSetStatus{}
	}
	desired = ingress(t, in)
	expectParents(t, "when it fails", desired, plain[1:])

	in = withStored(in, desired)
	in.Ingress = in.Ingress.DeepCopy()
	in.Ingress.Spec.TLS = nil
	desired = ingress(t, in)
	expectParents(t, "during renewal", desired, plain)
	if desired.RequeueAfter != time.Minute {
		t.Error("It is asked for again after", desired.RequeueAfter)
	}
	in = withStored(in, desired)
	in.Move.Now = now.Add(time.Minute)
	desired = ingress(t, in)
	expectParents(t, "after the drain time, until the listener is gone", desired, plain)
	expectParents(t, "when it is gone", ingress(t, withStored(in, desired)), plain[:1])
}

func expectParents(t *testing.T, when string, desired translate.Desired, want []string) {
	t.Helper()
	if got := parentsOf(desired, "h0.example.com"); !slices.Equal(got, want) {
		t.Errorf("%s: parents %v, want %v", when, got, want)
	}
	redirected := slices.ContainsFunc(desired.Routes, func(route routes.Route) bool { return route.Object.Name == "h0.example.com.redirect" })
	if wantRedirect := want[0] != "Gateway external"; redirected != wantRedirect {
		t.Errorf("%s: redirected %t", when, redirected)
	}
}

// TestMovingKeepsHTTPS: B-SEL-5 with TLS, redirected or not: a service that moves stays on the old
// Gateway's listeners until it may leave; then nothing of it stays there.
func TestMovingKeepsHTTPS(t *testing.T) {
	for _, option := range []v1alpha1.HTTPOption{v1alpha1.HTTPOptionEnabled, v1alpha1.HTTPOptionRedirected} {
		t.Run(string(option), func(t *testing.T) {
			in := anInputWithTLS(1, 1)
			in.Ingress.Spec.HTTPOption = option
			for range 2 { // the second time its listener works
				in = withStored(in, ingress(t, in))
			}
			old := slices.Collect(maps.Keys(in.ListenerSets))[0]
			in.Gateways = map[v1alpha1.IngressVisibility]input.Gateway{v1alpha1.IngressVisibilityExternalIP: aGatewayForTLS("new")}
			desired := ingress(t, in)
			if got := parentsOf(desired, "h0.example.com"); !slices.Contains(got, "ListenerSet "+old) || got[0] == "ListenerSet "+old {
				t.Errorf("Moving: parents %v, want the new ones first, and %s", got, old)
			}
			if len(desired.ListenerSets) != 2 {
				t.Errorf("Moving: %d ListenerSets", len(desired.ListenerSets))
			}
			in = withStored(in, desired)
			version := ingress(t, in).Version(v1alpha1.IngressVisibilityExternalIP)
			in.Move.Published = map[v1alpha1.IngressVisibility]input.Published{v1alpha1.IngressVisibilityExternalIP: {Version: version, At: now}}
			in.Move.Now = now.Add(time.Minute)
			desired = ingress(t, in)
			for _, route := range desired.Routes {
				if slices.Contains(parentsOf(desired, route.Object.Name), "ListenerSet "+old) || slices.Contains(parentsOf(desired, route.Object.Name), "Gateway external") {
					t.Errorf("Moved: %s is attached to %v", route.Object.Name, parentsOf(desired, route.Object.Name))
				}
			}
			if len(desired.ListenerSets) != 1 || desired.ListenerSets[0].Name == old {
				t.Errorf("Moved: ListenerSets %v", homes(desired))
			}
		})
	}
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

// TestSharedWithoutHosts: B-TLS-1, spec.tls without hosts is for all external ones, and the KIngress owns
// the ListenerSet that these share.
func TestSharedWithoutHosts(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("wild")}, "a.example.com", "b.example.com")
	sets := ingress(t, in).ListenerSets
	if len(sets) != 1 || len(sets[0].OwnerReferences) != 1 || sets[0].OwnerReferences[0].UID != "uid" {
		t.Errorf("ListenerSets: %+v", sets)
	}
}

// TestSharedWithAnotherOwner: B-TRN-5, a shared ListenerSet that another object owns, too, is not
// written, and no KIngress takes it for its own: once no KIngress names its certificate any more, it is
// not wanted.
func TestSharedWithAnotherOwner(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("wild")}, "a.example.com", "b.example.com")
	in = withStored(in, ingress(t, in))
	for _, set := range in.ListenerSets {
		set.OwnerReferences = append(set.OwnerReferences, metav1.OwnerReference{APIVersion: "v1", Kind: "Secret", Name: "theirs", UID: "theirs"})
		if plan := apply.Plan(in.Ingress, []*gatewayv1.ListenerSet{set}, ingress(t, in).ListenerSets); len(plan.Create) != 1 || len(plan.Update) != 0 {
			t.Errorf("Planned: %+v", plan) // which its creation refuses
		}
	}
	in.Ingress.Spec.TLS = nil
	if sets := ingress(t, in).ListenerSets; len(in.ListenerSets) != 1 || len(sets) != 0 {
		t.Errorf("Of %d ListenerSets are wanted: %+v", len(in.ListenerSets), sets)
	}
}

// TestDrainingBesideItsNamesake: B-TLS-1, B-OPS-5, a listener that spec.tls does not name any more stays
// for the drain time, even if one of the same name is in a shared ListenerSet, because its host ends in
// the word that names wildcards; or while another listener has the hostname of the shared one.
func TestDrainingBesideItsNamesake(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("x", "example.com.wildcard")}, "example.com.wildcard", "a.example.com", "b.example.com")
	in = withTLS(withStored(in, ingress(t, in)), certificateOf("y", "a.example.com", "b.example.com"))
	expectListeners(t, in, "*.example.com", "example.com.wildcard")

	in = withHosts([]v1alpha1.IngressTLS{certificateOf("s", "*.example.com", "a.example.com")}, "a.example.com", "b.example.com")
	for range 2 { // the second time each host has a listener of its own
		in = withConflict(withStored(in, ingress(t, in)))
	}
	expectListeners(t, withTLS(in, certificateOf("s", "a.example.com")), "*.example.com", "a.example.com", "b.example.com")
}

// TestNamesakesHaveTheirOwn: B-TLS-1, hosts whose listeners would have the same name have a listener
// each.
func TestNamesakesHaveTheirOwn(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("x", "example.com.wildcard"), certificateOf("y", "*.example.com")}, "example.com.wildcard", "a.example.com")
	expectListeners(t, in, "*.example.com", "example.com.wildcard")
	expectListeners(t, withStored(in, ingress(t, in)), "*.example.com", "example.com.wildcard")
}

func expectListeners(t *testing.T, in input.Input, want ...string) {
	t.Helper()
	got := []string{}
	for _, set := range ingress(t, in).ListenerSets {
		for _, listener := range set.Spec.Listeners {
			got = append(got, string(*listener.Hostname))
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("Listeners %v, want %v", got, want)
	}
}

// TestOneGatewayForBoth: B-INS-3, B-TLS-1, B-TLS-4, a Gateway that serves both visibilities has the
// listeners of both, in ListenerSets or on itself; if one visibility leaves it, those of the other stay.
func TestOneGatewayForBoth(t *testing.T) {
	const private = "hello.default.svc.cluster.local"
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("x", "hello.example.com"), certificateOf("y", private)}, "hello.example.com", private)
	in.Ingress.Spec.Rules[1].Visibility = v1alpha1.IngressVisibilityClusterLocal
	in.Gateways[v1alpha1.IngressVisibilityClusterLocal] = in.Gateways[v1alpha1.IngressVisibilityExternalIP]
	expectListeners(t, in, private, "hello.example.com")
	if sets := ingress(t, in).ListenerSets; len(sets) != 1 {
		t.Errorf("%d ListenerSets, want one", len(sets))
	}
	in.NoListenerSets = "they are not served"
	if gateways := ingress(t, in).Gateways; len(gateways) != 1 || len(gateways[0].Listeners) != 2 {
		t.Errorf("Listeners on Gateways: %+v", gateways)
	}
}
