// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
)

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
