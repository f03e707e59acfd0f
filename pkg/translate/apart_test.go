// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// asked are the hosts that are probed over TLS.
func asked(desired translate.Desired) []string {
	found := []string{}
	for _, route := range desired.Routes {
		for _, proof := range route.Proofs {
			if proof.HTTPS != 0 {
				found = append(found, proof.Host)
			}
		}
	}
	slices.Sort(found)
	return found
}

// TestWildcardOfAnotherNamespace: B-TLS-1, of two namespaces with certificates for one parent domain, one
// has the Gateway's listener for the wildcard. The hosts of the other one have their own certificate,
// each with a listener of its own, whichever of them names the wildcard.
func TestWildcardOfAnotherNamespace(t *testing.T) {
	for _, hosts := range [][]string{{"*.shop.example.com"}, neighbours} {
		in := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", hosts...)}, neighbours...)
		first := ingress(t, in)
		expectListeners(t, in, "*.shop.example.com")
		in = withConflict(withStored(in, first))
		for range 2 {
			expectListeners(t, in, append([]string{"*.shop.example.com"}, neighbours...)...) // the first to hear when it is free
			expectGap(t, in, "a listener for each host, which may cost HTTP/2: another ListenerSet on Gateway gateways/external has a listener for *.shop.example.com")
			desired := ingress(t, in)
			if got := asked(desired); !slices.Equal(got, neighbours) {
				t.Errorf("Asked through TLS for %v", got)
			}
			expectAttached(t, desired, first.ListenerSets[0].Name, false)
			in = withConflict(withStored(in, desired))
		}
		for range 3 { // it is free: the shared one is used, and the others go over after the drain time
			in = withStored(in, ingress(t, in))
			expectGap(t, in, "")
			in.Move.Now = in.Move.Now.Add(2 * time.Minute)
		}
		expectListeners(t, in, "*.shop.example.com")
	}
}

// TestWildcardOfAnotherNamespaceOnGateway: B-TLS-1, the same if the listener is on the Gateway itself.
func TestWildcardOfAnotherNamespaceOnGateway(t *testing.T) {
	for _, noSets := range []string{"", "not served"} {
		in := withoutListenerSets(withHosts([]v1alpha1.IngressTLS{certificateOf("wild", "*.shop.example.com")}, neighbours...))
		in.NoListenerSets = noSets
		theirs := gatewayv1.Listener{Name: "theirs.net-gateways", Hostname: new(gatewayv1.Hostname("*.shop.example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType}
		in.AvailableListeners[external] = dataplane.AvailableListeners{
			Listeners: append(in.AvailableListeners[external].Listeners, theirs),
			Held:      sets.New[gatewayv1.SectionName](), Usable: sets.New[gatewayv1.SectionName](), Programmed: sets.New(theirs.Name),
		}
		desired := ingress(t, in)
		if got := asked(desired); !slices.Equal(got, neighbours) {
			t.Errorf("Asked through TLS for %v", got)
		}
		if got := heldBy(desired, external); noSets != "" && !slices.Equal(got, neighbours) {
			t.Errorf("Listeners %v", got)
		}
		expectGap(t, in, "listener theirs.net-gateways in spec.listeners of Gateway gateways/external has hostname *.shop.example.com and does not admit HTTPRoutes of namespace")
	}
}

// TestOwnListenerStaysForShared: B-TLS-1, B-RDY-3, a host that begins to share a listener keeps its own
// until the shared one works. This may last, because a listener of another namespace may have the
// hostname.
func TestOwnListenerStaysForShared(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours[0])}, neighbours[0])
	in = withStored(in, ingress(t, in))
	other := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours[1])}, neighbours[1]).Ingress
	other.Name, other.UID = "other", "other"
	in.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{v1alpha1.IngressVisibilityExternalIP: {other}}
	for range 3 {
		desired := ingress(t, in)
		expectListeners(t, in, "*.shop.example.com", neighbours[0])
		in = withStored(in, desired)
		for _, set := range in.ListenerSets {
			if metav1.GetControllerOf(set) == nil {
				set.Status.Listeners = nil // the gateway reports nothing
			}
		}
		in.Move.Now = in.Move.Now.Add(time.Hour)
	}
	in = withStored(in, ingress(t, in))
	expectListeners(t, in, "*.shop.example.com", neighbours[0]) // for clients that are connected through it
	in = withStored(in, ingress(t, in))
	in.Move.Now = in.Move.Now.Add(2 * time.Minute)
	in = withStored(in, ingress(t, in))
	expectListeners(t, in, "*.shop.example.com")
}

// TestHandOver: B-TLS-1, B-RDY-3, between its own listener and the shared one, a host has a second one in
// the shared ListenerSet, so that each step makes a new listener. Another KIngress that writes between
// the steps leaves this listener, and removes it if no KIngress has the host.
func TestHandOver(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours[0])}, neighbours[0])
	in = withStored(in, ingress(t, in))
	other := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours[1])}, neighbours[1])
	other.Ingress.Name, other.Ingress.UID = "other", "other"
	in.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{v1alpha1.IngressVisibilityExternalIP: {other.Ingress}}
	other.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{v1alpha1.IngressVisibilityExternalIP: {in.Ingress}}
	in = withStored(in, ingress(t, in)) // both listeners
	in = withStored(in, ingress(t, in)) // the shared one works
	in.Move.Now = in.Move.Now.Add(2 * time.Minute)

	first := ingress(t, in)
	expectShared(t, first, "shop.example.com.wildcard *.shop.example.com", neighbours[0]+" "+neighbours[0])
	if len(first.ListenerSets) != 1 || first.RequeueAfter == 0 {
		t.Errorf("%d ListenerSets, again after %s", len(first.ListenerSets), first.RequeueAfter)
	}
	first.ListenerSets[0].Status = gatewayv1.ListenerSetStatus{}
	in, other = withStored(in, first), withStored(other, first)
	expectShared(t, ingress(t, other), "shop.example.com.wildcard *.shop.example.com", neighbours[0]+" "+neighbours[0])
	other.Sharers = nil
	expectShared(t, ingress(t, other), "shop.example.com.wildcard *.shop.example.com")

	unheard := withStored(in, first)
	for _, set := range unheard.ListenerSets {
		set.Status.Listeners = nil
	}
	expectShared(t, ingress(t, unheard), "shop.example.com.wildcard *.shop.example.com", neighbours[0]+" "+neighbours[0])
	for range 2 {
		expectShared(t, ingress(t, in), "shop.example.com.wildcard.2 *.shop.example.com")
		in = withStored(in, ingress(t, in))
	}
}

// expectShared compares the listeners of the only ListenerSet, each as "NAME HOSTNAME".
func expectShared(t *testing.T, desired translate.Desired, want ...string) {
	t.Helper()
	got := []string{}
	for _, listener := range desired.ListenerSets[0].Spec.Listeners {
		got = append(got, string(listener.Name)+" "+string(*listener.Hostname))
	}
	slices.Sort(got)
	slices.Sort(want)
	if len(desired.ListenerSets) != 1 || !slices.Equal(got, want) {
		t.Errorf("Listeners %q in the first of %d ListenerSets, want %q", got, len(desired.ListenerSets), want)
	}
}

// TestPlainThoughRedirected: B-TLS-2, B-RDY-6, a host with a certificate and without a listener is served
// over HTTP, which a gap reports; for a host without a certificate there is no gap.
func TestPlainThoughRedirected(t *testing.T) {
	in := withoutListenerSets(anInputWithTLS(66, 66))
	in.Ingress.Spec.HTTPOption = v1alpha1.HTTPOptionRedirected
	in.Ingress.Spec.TLS = in.Ingress.Spec.TLS[:65]
	plain := []string{}
	for _, gap := range ingress(t, in).Gaps {
		if gap.Field == "spec.httpOption" {
			plain = append(plain, gap.Detail)
		}
	}
	if len(plain) != 2 || !strings.HasPrefix(plain[0], "requests for host h8.example.com are answered over plain HTTP and not redirected") {
		t.Errorf("Gaps %q", plain)
	}
}
