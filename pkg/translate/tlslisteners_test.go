// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

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
