// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// TestPublicSuffixIsNotShared: B-TLS-1, hosts right below a public suffix share no listener, because it
// would take the hosts of all tenants.
func TestPublicSuffixIsNotShared(t *testing.T) {
	for _, suffix := range []string{"co.uk", "com", "github.io", "compute.amazonaws.com"} {
		in := withHosts([]v1alpha1.IngressTLS{certificateOf("san", "shop."+suffix, "blog."+suffix)}, "shop."+suffix, "blog."+suffix)
		expectListeners(t, in, "blog."+suffix, "shop."+suffix)
		expectGap(t, in, "belong to many")
	}
	for _, domain := range []string{"example.co.uk", "default.svc.cluster.local", "apps.10.0.0.1.sslip.io"} {
		in := withHosts([]v1alpha1.IngressTLS{certificateOf("san", "shop."+domain, "blog."+domain)}, "shop."+domain, "blog."+domain)
		expectListeners(t, in, "*."+domain)
		expectGap(t, in, "")
	}
}

// expectGap wants a gap of spec.tls with this text, or none if it is empty.
func expectGap(t *testing.T, in input.Input, words string) {
	t.Helper()
	gaps := ingress(t, in).Gaps
	if words == "" && len(gaps) > 0 || words != "" && !slices.ContainsFunc(gaps, func(gap conditions.Gap) bool {
		return gap.Field == "spec.tls" && strings.Contains(gap.Detail, words)
	}) {
		t.Errorf("Gaps %v, want %q", gaps, words)
	}
}

// withListener is the input on a Gateway with a listener of its operator.
func withListener(in input.Input, hostname string, protocol gatewayv1.ProtocolType, port int32) input.Input {
	listener := gatewayv1.Listener{Name: "operators", Protocol: protocol, Port: port}
	if hostname != "" {
		listener.Hostname = new(gatewayv1.Hostname(hostname))
	}
	names := sets.New(listener.Name)
	in.AvailableListeners = map[types.NamespacedName]dataplane.AvailableListeners{in.Gateways[v1alpha1.IngressVisibilityExternalIP].Name: {
		Listeners: []gatewayv1.Listener{listener}, Held: sets.New[gatewayv1.SectionName](), Usable: names, Programmed: names,
	}}
	return in
}

var neighbours = []string{"a.shop.example.com", "b.shop.example.com"}

// TestNothingIsTakenFromOperators: B-TLS-1, B-SEL-3, hosts share no listener that would take other hosts
// from one of the operator's: one for all hosts, or for a wider wildcard. A gap reports the cost.
func TestNothingIsTakenFromOperators(t *testing.T) {
	shared := []string{"*.shop.example.com"}
	for _, test := range []struct {
		hostname string
		protocol gatewayv1.ProtocolType
		port     int32
		want     []string
		gap      string
	}{
		{"", gatewayv1.HTTPSProtocolType, 443, neighbours, "one for *.shop.example.com would take other hosts from listener operators of Gateway gateways/external"},
		{"*.example.com", gatewayv1.HTTPSProtocolType, 443, neighbours, "would take other hosts"},
		{"*.example.com", gatewayv1.TLSProtocolType, 443, neighbours, "would take other hosts"},
		{"", gatewayv1.HTTPSProtocolType, 8443, shared, ""},
		{"", gatewayv1.HTTPProtocolType, 80, shared, ""},
		{"*.example.org", gatewayv1.HTTPSProtocolType, 443, shared, ""},
		{"c.shop.example.com", gatewayv1.HTTPSProtocolType, 443, shared, ""},
	} {
		in := withListener(withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours...)}, neighbours...), test.hostname, test.protocol, test.port)
		expectListeners(t, in, test.want...)
		expectGap(t, in, test.gap)
	}
	alone := withListener(withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours[0])}, neighbours[0]), "", gatewayv1.HTTPSProtocolType, 443)
	expectGap(t, alone, "") // nothing is lost
}

// TestNoLongerShared: B-TLS-1, if the operator adds such a listener, each host gets its own, and the
// shared one is removed when all of these work; until then the routes are attached to both.
func TestNoLongerShared(t *testing.T) {
	in := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", neighbours...)}, neighbours...)
	first := ingress(t, in)
	shared := first.ListenerSets[0].Name
	in = withListener(withStored(in, first), "", gatewayv1.HTTPSProtocolType, 443)

	desired := ingress(t, in)
	expectListeners(t, in, append([]string{"*.shop.example.com"}, neighbours...)...)
	expectAttached(t, desired, shared, true)
	if !desired.Unshared.Has(shared) {
		t.Errorf("Unshared: %v", desired.Unshared)
	}

	in = withStored(in, desired)
	for name, set := range in.ListenerSets {
		if name != shared {
			set.Status.Listeners[1].Conditions[0].Status = metav1.ConditionFalse // one of the two does not work yet
		}
	}
	expectAttached(t, ingress(t, in), shared, true)

	in = withStored(in, desired)
	desired = ingress(t, in)
	expectListeners(t, in, neighbours...)
	expectAttached(t, desired, shared, false)
	for _, route := range desired.Routes {
		if len(parentsOf(desired, route.Object.Name)) != 2 {
			t.Errorf("%s is attached to %v", route.Object.Name, parentsOf(desired, route.Object.Name))
		}
	}
}

func expectAttached(t *testing.T, desired translate.Desired, set string, want bool) {
	t.Helper()
	for _, route := range desired.Routes {
		if got := slices.Contains(parentsOf(desired, route.Object.Name), "ListenerSet "+set); got != want {
			t.Errorf("%s is attached to %v, to %s is %t", route.Object.Name, parentsOf(desired, route.Object.Name), set, want)
		}
	}
}

// TestNamespaceOwnsWhatManyShare: B-TLS-1, B-OPS-3, if there are more sharers than owners, the namespace
// is an owner, too, so that the garbage collector leaves the ListenerSet if all the others are deleted at
// once. All sharers write the same owners.
func TestNamespaceOwnsWhatManyShare(t *testing.T) {
	for _, more := range []int{0, 1} {
		all := []*v1alpha1.Ingress{}
		for i := range listeners.MaxOwners + more {
			host := fmt.Sprintf("s%d.shop.example.com", i)
			ing := withHosts([]v1alpha1.IngressTLS{certificateOf("wild", host)}, host).Ingress
			ing.Name, ing.UID = fmt.Sprintf("s%d", i), types.UID(host)
			all = append(all, ing)
		}
		for i := range all {
			in := withHosts(nil)
			in.Ingress, in.Namespace = all[i], &metav1.ObjectMeta{Name: "default", UID: "namespace"}
			in.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{v1alpha1.IngressVisibilityExternalIP: slices.Delete(slices.Clone(all), i, i+1)}
			owners := ingress(t, in).ListenerSets[0].OwnerReferences
			last := owners[len(owners)-1]
			if len(owners) != listeners.MaxOwners+more || (last.Kind == "Namespace" && last.UID == "namespace") != (more > 0) || last.Controller != nil {
				t.Errorf("%s of %d: owners %v", all[i].Name, len(all), owners)
			}
		}
	}
}
