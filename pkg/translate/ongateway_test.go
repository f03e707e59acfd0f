// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

var external = types.NamespacedName{Namespace: "gateways", Name: "external"}

// withoutListenerSets is an input in which ListenerSets are not possible.
func withoutListenerSets(in input.Input) input.Input {
	in.NoListenerSets = "not served"
	in.AvailableListeners = map[types.NamespacedName]dataplane.AvailableListeners{external: {Listeners: []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}}}}
	return in
}

// withStoredOnGateway is the input after the desired objects are stored and all listeners work.
func withStoredOnGateway(in input.Input, desired translate.Desired) input.Input {
	in = withStored(in, desired)
	next := map[types.NamespacedName]dataplane.AvailableListeners{}
	for name, found := range in.AvailableListeners {
		next[name] = found
	}
	for _, listeners := range desired.Gateways {
		found := withApplied(next[listeners.Gateway], listeners)
		found.Programmed = sets.New[gatewayv1.SectionName]()
		for _, listener := range found.Listeners {
			found.Programmed.Insert(listener.Name)
		}
		next[listeners.Gateway] = found
	}
	in.AvailableListeners, in.Grants = next, map[string]*gatewayv1beta1.ReferenceGrant{}
	for _, grant := range desired.Grants {
		in.Grants[grant.Name] = grant.DeepCopy()
	}
	return in
}

// heldBy are the hostnames for which a Gateway should have listeners.
func heldBy(desired translate.Desired, gateway types.NamespacedName) []string {
	found := []string{}
	for _, listeners := range desired.Gateways {
		for _, listener := range listeners.Listeners {
			if listeners.Gateway == gateway {
				found = append(found, string(*listener.Hostname))
			}
		}
	}
	return found
}

// TestGatewayIsFull: B-TLS-1, B-RDY-6, a Gateway has 64 listeners at most. For a host without room a gap
// names the Gateway and the field. Stored listeners stay.
func TestGatewayIsFull(t *testing.T) {
	in := withoutListenerSets(anInputWithTLS(70, 40))
	in = withStoredOnGateway(in, ingress(t, in))
	in.Ingress = in.Ingress.DeepCopy()
	in.Ingress.Spec.TLS = anInputWithTLS(70, 70).Ingress.Spec.TLS
	desired := ingress(t, in)
	held := heldBy(desired, external)
	if len(held) != 63 {
		t.Errorf("%d listeners beside the operator's", len(held))
	}
	for i := range 40 {
		if host := fmt.Sprintf("h%d.example.com", i); !slices.Contains(held, host) {
			t.Errorf("%s lost its listener", host)
		}
	}
	if len(desired.Gaps) != 7 || !strings.Contains(desired.Gaps[0].Detail, "spec.listeners of Gateway gateways/external has 64 entries") {
		t.Errorf("Gaps %v", desired.Gaps)
	}
}

// TestListenerNames: B-TLS-1, the names of listeners are unique and valid: two KIngresses with one host
// have two names, and a foreign listener is not overwritten.
func TestListenerNames(t *testing.T) {
	in := withoutListenerSets(anInputWithTLS(1, 1))
	name := ingress(t, in).Gateways[0].Listeners[0].Name
	other := withoutListenerSets(anInputWithTLS(1, 1))
	other.Ingress.UID = "another"
	if got := ingress(t, other).Gateways[0].Listeners[0].Name; got == name {
		t.Errorf("Both are called %s", got)
	}
	taken := in.AvailableListeners[external]
	taken.Listeners = append(slices.Clone(taken.Listeners), gatewayv1.Listener{Name: name, Port: 80, Protocol: gatewayv1.HTTPProtocolType})
	other = withoutListenerSets(anInputWithTLS(1, 1))
	other.AvailableListeners[external] = taken
	if desired := ingress(t, other); len(desired.Gateways) > 0 || !strings.Contains(desired.Gaps[0].Detail, "a listener "+string(name)+" that is not ours") {
		t.Errorf("A foreign listener is overwritten: %+v, gaps %v", desired.Gateways, desired.Gaps)
	}
	rapid.Check(t, func(t *rapid.T) {
		in := withoutListenerSets(anInputWithTLS(1, 1))
		label := rapid.StringMatching(`[a-z]([-a-z0-9]{0,61}[a-z0-9])?`)
		host := strings.Join(rapid.SliceOfN(label, 2, 3).Draw(t, "host"), ".") + rapid.SampledFrom([]string{"", ".example.com"}).Draw(t, "domain")
		if rapid.Bool().Draw(t, "wildcard") {
			host = "*." + host
		}
		in.Ingress.Spec.Rules[0].Hosts, in.Ingress.Spec.TLS[0].Hosts = []string{host}, []string{host}
		for _, listeners := range ingress(t, in).Gateways {
			if problems := validation.IsDNS1123Subdomain(string(listeners.Listeners[0].Name)); len(problems) > 0 {
				t.Error(listeners.Listeners[0].Name, problems)
			}
		}
	})
}

// TestOwnFields: B-TLS-1, B-OPS-5, a listener has only fields that the plan of writes compares. With
// others it would be written without end, or a change of it never.
func TestOwnFields(t *testing.T) {
	listener := ingress(t, withoutListenerSets(anInputWithTLS(1, 1))).Gateways[0].Listeners[0]
	if diff := cmp.Diff(dataplane.OwnFields(listener), listener); diff != "" {
		t.Error(diff)
	}
}

// TestMovingKeepsListeners: B-SEL-5, a service that moves has its listeners on both Gateways, with a
// grant for each, until it may leave the old one; then nothing of it stays there.
func TestMovingKeepsListeners(t *testing.T) {
	for _, option := range []v1alpha1.HTTPOption{v1alpha1.HTTPOptionEnabled, v1alpha1.HTTPOptionRedirected} {
		t.Run(string(option), func(t *testing.T) {
			in := withoutListenerSets(anInputWithTLS(1, 1))
			in.Ingress.Spec.HTTPOption = option
			for range 2 { // the second time its listener works
				in = withStoredOnGateway(in, ingress(t, in))
			}
			in.Gateways = map[v1alpha1.IngressVisibility]input.Gateway{v1alpha1.IngressVisibilityExternalIP: aGatewayForTLS("new")}
			next := types.NamespacedName{Namespace: "gateways", Name: "new"}
			desired := ingress(t, in)
			if len(heldBy(desired, external)) != 1 || len(heldBy(desired, next)) != 1 || len(desired.Grants) != 2 {
				t.Errorf("Moving: %+v, %d grants", desired.Gateways, len(desired.Grants))
			}
			in = withStoredOnGateway(in, desired)
			version := ingress(t, in).Version(v1alpha1.IngressVisibilityExternalIP)
			in.Move.Published = map[v1alpha1.IngressVisibility]input.Published{v1alpha1.IngressVisibilityExternalIP: {Version: version, At: now}}
			in.Move.Now = now.Add(time.Minute)
			desired = ingress(t, in)
			if len(heldBy(desired, external)) != 0 || len(heldBy(desired, next)) != 1 || len(desired.Grants) != 1 {
				t.Errorf("Moved: %+v, %d grants", desired.Gateways, len(desired.Grants))
			}
			if !slices.ContainsFunc(desired.Gateways, func(l listeners.GatewayListeners) bool { return l.Gateway == external }) {
				t.Error("The listener stays on the old Gateway")
			}
		})
	}
}

// TestOwnListenerIsProven: B-RDY-1, with an unchanged spec, a new listener of the KIngress's own makes
// another version. A new listener of the operator's does not, so that no KIngress is less Ready because
// of it.
func TestOwnListenerIsProven(t *testing.T) {
	version := func(in input.Input) string { return ingress(t, in).Version(v1alpha1.IngressVisibilityExternalIP) }
	full := withoutListenerSets(anInputWithTLS(1, 1))
	listeners := full.AvailableListeners[external]
	for i := range 63 {
		listeners.Listeners = append(listeners.Listeners, gatewayv1.Listener{Name: gatewayv1.SectionName(fmt.Sprint("theirs-", i)), Port: 80, Protocol: gatewayv1.HTTPProtocolType})
	}
	room := withoutListenerSets(anInputWithTLS(1, 1))
	full.AvailableListeners[external] = listeners
	if version(full) == version(room) {
		t.Error("A new listener needs no proof")
	}
	plain, wildcard := withoutListenerSets(anInputWithTLS(1, 0)), withoutListenerSets(anInputWithTLS(1, 0))
	theirs := gatewayv1.Listener{Name: "wildcard", Hostname: new(gatewayv1.Hostname("*.example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType}
	wildcard.AvailableListeners[external] = dataplane.AvailableListeners{Listeners: []gatewayv1.Listener{theirs}, Usable: sets.New(theirs.Name), Programmed: sets.New(theirs.Name)}
	if version(plain) != version(wildcard) {
		t.Error("The operator's new listener takes every proof away")
	}
	if proofs := ingress(t, wildcard).Routes[0].Proofs; len(proofs) != 2 || proofs[1].HTTPS != 443 {
		t.Errorf("Proofs %+v", proofs)
	}
	theirs.Name = "wildcard.0.net-gateways" // another KIngress's, which is removed with that
	wildcard.AvailableListeners[external] = dataplane.AvailableListeners{Listeners: []gatewayv1.Listener{theirs}, Usable: sets.New(theirs.Name), Programmed: sets.New(theirs.Name)}
	if proofs := ingress(t, wildcard).Routes[0].Proofs; len(proofs) != 1 {
		t.Errorf("Proofs through another KIngress's listener: %+v", proofs)
	}
}

// TestHostnameIsTaken: B-TLS-1, B-INS-8, a Gateway can have each hostname once: if a foreign listener has
// it, for example the single-gateway plugin's, that one serves the host, and there is no other.
func TestHostnameIsTaken(t *testing.T) {
	tests := map[string]struct {
		secret string
		usable bool
		gap    string
	}{
		"with the same certificate": {"secret-0", true, ""},
		"with another certificate":  {"other", true, "is served with the certificate of listener kni-0 in spec.listeners of Gateway gateways/external, which has this hostname, and not with Secret secret-0"},
		"and does not admit us":     {"secret-0", false, "listener kni-0 in spec.listeners of Gateway gateways/external has this hostname and does not admit HTTPRoutes of namespace default"},
	}
	for name, test := range tests {
		for _, kind := range []string{"", "not served"} {
			t.Run(name+" ListenerSets "+kind, func(t *testing.T) {
				in := withoutListenerSets(anInputWithTLS(1, 1))
				in.NoListenerSets = kind
				theirs := gatewayv1.Listener{
					Name: "kni-0", Hostname: new(gatewayv1.Hostname("h0.example.com")), Port: 443, Protocol: gatewayv1.HTTPSProtocolType,
					TLS: &gatewayv1.ListenerTLSConfig{CertificateRefs: []gatewayv1.SecretObjectReference{{Name: gatewayv1.ObjectName(test.secret), Namespace: new(gatewayv1.Namespace("default"))}}},
				}
				found := dataplane.AvailableListeners{Listeners: []gatewayv1.Listener{theirs}, Usable: sets.New[gatewayv1.SectionName](), Programmed: sets.New(theirs.Name)}
				if test.usable {
					found.Usable.Insert(theirs.Name)
				}
				in.AvailableListeners[external] = found
				desired := ingress(t, in)
				if len(desired.Gateways)+len(desired.ListenerSets)+len(desired.Grants) > 0 {
					t.Errorf("Gateways %+v, %d ListenerSets, %d grants", desired.Gateways, len(desired.ListenerSets), len(desired.Grants))
				}
				if asked := len(desired.Routes[0].Proofs) == 2; asked != test.usable {
					t.Errorf("Proofs %+v", desired.Routes[0].Proofs)
				}
				if got := fmt.Sprint(desired.Gaps); (len(desired.Gaps) > 0) != (test.gap != "") || !strings.Contains(got, test.gap) {
					t.Errorf("Gaps %s", got)
				}
			})
		}
	}
}
