// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const (
	blueEntry = "external-gateways[0] (gateways/blue)"
	blueRoute = "HTTPRoute default/blue.example.com"
)

// network are conditions of which NetworkConfigured decides Ready.
func network(text string) map[string]string {
	return map[string]string{"Ready": text, "NetworkConfigured": text, "LoadBalancerReady": "True"}
}

// loadBalancer are conditions of which LoadBalancerReady decides Ready.
func loadBalancer(text string) map[string]string {
	return map[string]string{"Ready": text, "NetworkConfigured": "True", "LoadBalancerReady": text}
}

// reports are facts with the conditions that tell of them.
var reports = []struct {
	name  string
	facts status.Facts
	want  map[string]string
}{
	{"all is well", facts(side(external), side(local)), ready},
	{"a side without rules is not looked at", facts(side(external), side(local, notNeeded, func(s *status.Side) { s.Gateway = nil })), ready},
	{"no entry", facts(side(external, func(s *status.Side) { s.Refusal = reason("GatewayNotConfigured", "write this", true) })),
		loadBalancer("False GatewayNotConfigured: write this")},
	{"no Gateway", facts(side(external, func(s *status.Side) { s.Gateway = nil })),
		loadBalancer("False GatewayNotFound: Gateway gateways/blue does not exist: create it, or change `gateway` of " + blueEntry + " in ConfigMap config-gateway")},
	{"a Gateway that we make", facts(side(external, func(s *status.Side) { s.Gateway, s.Entry.Managed = nil, true })),
		loadBalancer("Unknown GatewayNotFound: Gateway gateways/blue is being created for " + blueEntry)},
	{"a Gateway of another class", facts(side(external, func(s *status.Side) { s.Gateway.Spec.GatewayClassName = "contour" })),
		loadBalancer(`False GatewayNotFound: Gateway gateways/blue has gatewayClassName "contour", but ` + blueEntry + ` in ConfigMap config-gateway says class "envoy": change one of them`)},
	{"no controller has reported on the Gateway", facts(side(external, byStatus, func(s *status.Side) { s.Gateway.Status.Conditions = nil })),
		loadBalancer("Unknown GatewayNotProgrammed: Gateway gateways/blue has no condition Accepted yet: is the controller of GatewayClass envoy running?")},
	{"the Gateway does not know", facts(side(external, byStatus, gatewaySaid("Programmed", "Unknown", 2))),
		loadBalancer("Unknown GatewayNotProgrammed: Gateway gateways/blue has no condition Programmed yet: is the controller of GatewayClass envoy running?")},
	{"the Gateway is not programmed", facts(side(external, byStatus, gatewaySaid("Programmed", "False", 2))),
		loadBalancer("Unknown GatewayNotProgrammed: Gateway gateways/blue: Programmed is False: TheReason: the words")},
	{"the route is not accepted", facts(side(external, describe("Accepted", "False", 3))),
		network("False RouteNotAccepted: " + blueRoute + " on Gateway gateways/blue: Accepted is False: TheReason: the words")},
	{"an older route was not accepted", facts(side(external, describe("Accepted", "False", 2))), ready},
	{"references are not resolved", facts(side(external, describe("Accepted", "True", 3), describe("ResolvedRefs", "False", 3))),
		network("False RefsNotResolved: " + blueRoute + " on Gateway gateways/blue: ResolvedRefs is False: TheReason: the words")},
	{"the gateway's word is the proof, and is missing", facts(side(external, byStatus)),
		network("Unknown RouteNotAccepted: " + blueRoute + " on Gateway gateways/blue has no condition Accepted for its present generation yet: is the controller of GatewayClass envoy running?")},
	{"the gateway's word is the proof, and is old", facts(side(external, byStatus, describe("Accepted", "True", 3), describe("ResolvedRefs", "True", 2))),
		network("Unknown RefsNotResolved: " + blueRoute + " on Gateway gateways/blue has no condition ResolvedRefs for its present generation yet: is the controller of GatewayClass envoy running?")},
	{"the gateway's word is the proof, and is good", facts(side(external, byStatus, describe("Accepted", "True", 3), describe("ResolvedRefs", "True", 3))), ready},
	{"a probe failed", facts(side(external, probed(answer(probe.Proven, ""), answer(probe.Failed, "status 404")))),
		network("Unknown ProbeFailed: " + blueRoute + " on Gateway gateways/blue: probe of http://hello.example.com at 10.0.0.1:80: status 404")},
	{"a probe is under way", facts(side(external, probed(answer(probe.Pending, "")))),
		network("Unknown ProbeFailed: " + blueRoute + " on Gateway gateways/blue: probe of http://hello.example.com at 10.0.0.1:80: no answer yet")},
	{"no probe has begun", facts(side(external, probed())),
		network("Unknown ProbeFailed: " + blueRoute + " is being probed through Gateway gateways/blue")},
	{"no address to probe", facts(side(external, probed(), func(s *status.Side) { s.Routes[0].Unasked = "no listener" })),
		network("Unknown ProbeFailed: " + blueRoute + ": no listener")},
	{"proven before", facts(side(external, probed(), func(s *status.Side) { s.Routes[0].Proven = true })), ready},
	{"no address", facts(side(external, noAddress)),
		loadBalancer("Unknown GatewayNotProgrammed: Gateway gateways/blue publishes no address and its Service was not found: set `service` of " + blueEntry + " in ConfigMap config-gateway")},
	{"a host conflict", withFailures(facts(side(external)), reason("HostConflict", "host is taken", true)), network("False HostConflict: host is taken")},
	{"not owned", withFailures(facts(side(external)), reason("NotOwned", "route is foreign", true)), network("False NotOwned: route is foreign")},
	{"unsupported", withFailures(facts(side(external)), reason("Unsupported", "too wide", true)), network("False Unsupported: too wide")},
	{"a terminal failure decides the reason, every message is shown once",
		withFailures(facts(side(external, probed(answer(probe.Failed, "status 404")))), reason("RefsNotResolved", "no port", false), reason("Unsupported", "too wide", true), reason("Unsupported", "too wide", true)),
		network("False Unsupported: no port; too wide")},
	{"beside a definite no, a missing answer is no news",
		facts(side(external, describe("Accepted", "False", 3)), side(local, probed(answer(probe.Pending, "")))),
		network("False RouteNotAccepted: " + blueRoute + " on Gateway gateways/blue: Accepted is False: TheReason: the words")},
	{"the sides fail differently", facts(side(external, describe("Accepted", "False", 3)), side(local, func(s *status.Side) { s.Gateway = nil })), map[string]string{
		"Ready":             "False GatewayNotFound: Gateway gateways/inner does not exist: create it, or change `gateway` of local-gateways[0] (gateways/inner) in ConfigMap config-gateway",
		"NetworkConfigured": "False RouteNotAccepted: " + blueRoute + " on Gateway gateways/blue: Accepted is False: TheReason: the words",
		"LoadBalancerReady": "False GatewayNotFound: Gateway gateways/inner does not exist: create it, or change `gateway` of local-gateways[0] (gateways/inner) in ConfigMap config-gateway",
	}},
	{"what failed unexpectedly", withUnexpected(facts(side(external)), "apply: connection refused"), network("Unknown ReconcileFailed: apply: connection refused")},
}

// TestReasons: B-RDY-6, each reason is reported with its object in the condition that it concerns, and in
// Ready.
func TestReasons(t *testing.T) {
	for _, test := range reports {
		t.Run(test.name, func(t *testing.T) {
			verdict := status.Mark(v1alpha1.IngressStatus{}, test.facts)
			if verdict.Grace != 0 || verdict.Status.ObservedGeneration != 7 {
				t.Errorf("Grace %s, observedGeneration %d", verdict.Grace, verdict.Status.ObservedGeneration)
			}
			if diff := cmp.Diff(test.want, conditionsOf(verdict.Status)); diff != "" {
				t.Errorf("Conditions (-want, +got):\n%s", diff)
			}
			if again := status.Mark(verdict.Status, test.facts); !status.Equal(verdict.Status, again.Status) {
				t.Errorf("B-RDY-4: a second look writes again:\n%s", cmp.Diff(verdict.Status, again.Status))
			}
		})
	}
}

func withFailures(f status.Facts, failures ...conditions.Reasoned) status.Facts {
	f.Failures = failures
	return f
}

func withUnexpected(f status.Facts, text string) status.Facts {
	f.Unexpected = errors.New(text)
	return f
}

func serviceRef(namespace, name string) gatewayv1.HTTPBackendRef {
	ref := gatewayv1.HTTPBackendRef{}
	ref.Namespace, ref.Name = new(gatewayv1.Namespace(namespace)), gatewayv1.ObjectName(name)
	return ref
}

// TestHints: B-RDY-6, if a gateway only reports that objects do not fit, the message names the field to
// change.
func TestHints(t *testing.T) {
	const begin = "False RouteNotAccepted: HTTPRoute default/blue.example.com on Gateway gateways/blue: Accepted is False: "
	for reason, want := range map[string]string{
		"NotAllowedByListeners":      "the words (change allowedRoutes of a listener of Gateway gateways/blue so that it admits HTTPRoutes of namespace default)",
		"NoMatchingListenerHostname": "the words (change hostname of a listener of Gateway gateways/blue so that it admits [hello.example.com])",
		"NoMatchingParent":           `the words (add listener "web" to Gateway gateways/blue, or change ` + "`http-listener-name` of external-gateways[0] (gateways/blue))",
		"UnsupportedValue":           "the words",
		// B-DMP-2, a DomainMapping to a service of another class: its gateway is in another namespace.
		"RefNotPermitted": "the words (create a ReferenceGrant in namespace kourier-system from HTTPRoutes of namespace default to Service kourier-internal)",
	} {
		refused := facts(side(external, describe("Accepted", "False", 3), func(s *status.Side) {
			s.Routes[0].Object.Status.Parents[0].Conditions[0].Reason = reason
			s.Entry.HTTPListener = "web"
			s.Routes[0].Object.Spec.Hostnames = []gatewayv1.Hostname{"hello.example.com"}
			s.Routes[0].Object.Spec.Rules = []gatewayv1.HTTPRouteRule{{BackendRefs: []gatewayv1.HTTPBackendRef{serviceRef("kourier-system", "kourier-internal"), serviceRef("default", "hello")}}}
		}))
		if diff := cmp.Diff(begin+reason+": "+want, conditionsOf(status.Mark(v1alpha1.IngressStatus{}, refused).Status)["Ready"]); diff != "" {
			t.Error(diff)
		}
	}
}

// TestAdvisories: B-TRN-2, B-SEL-7, conditions that are True have the advisories.
func TestAdvisories(t *testing.T) {
	f := facts(side(external), side(local, func(s *status.Side) { s.Exposure = "Service system/inner is of type LoadBalancer" }))
	f.Advisories = []status.Advisory{{Reason: "Unsupported", Message: "no header"}, {Reason: "ProbeDegraded", Message: "401"}}
	want := map[string]string{
		"Ready":             "True",
		"NetworkConfigured": "True Unsupported: no header; 401",
		"LoadBalancerReady": "True LocalGatewayExposed: cluster-local hosts are reachable from outside: Gateway gateways/inner of local-gateways[0] (gateways/inner): Service system/inner is of type LoadBalancer",
	}
	verdict := status.Mark(v1alpha1.IngressStatus{}, f)
	if diff := cmp.Diff(want, conditionsOf(verdict.Status)); diff != "" {
		t.Error(diff)
	}
	if len(verdict.Advisories) != 3 || !verdict.Ready() {
		t.Errorf("Notes %v, ready %t", verdict.Advisories, verdict.Ready())
	}
	if again := status.Mark(verdict.Status, f); !status.Equal(verdict.Status, again.Status) {
		t.Errorf("B-RDY-4: a second look writes again:\n%s", cmp.Diff(verdict.Status, again.Status))
	}
	f.Advisories, f.Sides = nil, []status.Side{side(external), side(local)}
	if diff := cmp.Diff(ready, conditionsOf(status.Mark(verdict.Status, f).Status)); diff != "" {
		t.Errorf("Notes stay when their cause has gone:\n%s", diff)
	}
}

// TestPublish: B-RDY-5, each side is published by itself, in one entry with one field, and does not
// change without need.
func TestPublish(t *testing.T) {
	addresses := func(s v1alpha1.IngressStatus) [2]string {
		found := [2]string{"-", "-"}
		for i, published := range []*v1alpha1.LoadBalancerStatus{s.PublicLoadBalancer, s.PrivateLoadBalancer} {
			if published != nil && len(published.Ingress) == 1 {
				found[i] = published.Ingress[0].DomainInternal + published.Ingress[0].IP + published.Ingress[0].Domain
				if published.Ingress[0].MeshOnly {
					found[i] += "mesh only"
				}
			}
		}
		return found
	}
	const blue, inner = "blue.system.svc.cluster.local", "inner.system.svc.cluster.local"
	before := status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local))).Status
	refused := func(s *status.Side) { s.Refusal, s.LoadBalancer = reason("GatewayNotConfigured", "x", true), nil }
	unserved := func(s *status.Side) { s.Unserved = true }
	moved := func(s *status.Side) { s.LoadBalancer = []v1alpha1.LoadBalancerIngressStatus{{IP: "203.0.113.1"}} }
	tests := []struct {
		name  string
		old   v1alpha1.IngressStatus
		facts status.Facts
		want  [2]string
	}{
		{"both", v1alpha1.IngressStatus{}, facts(side(external), side(local)), [2]string{blue, inner}},
		{"external waits for its load balancer, local does not", v1alpha1.IngressStatus{}, facts(side(external, noAddress), side(local)), [2]string{"-", inner}},
		{"local is not proven", v1alpha1.IngressStatus{}, facts(side(external), side(local, probed(answer(probe.Failed, "status 404")))), [2]string{blue, "-"}},
		{"a side without rules", v1alpha1.IngressStatus{}, facts(side(external, notNeeded), side(local)), [2]string{blue, inner}},
		{"a side that is not configured", v1alpha1.IngressStatus{}, facts(side(external, notNeeded, func(s *status.Side) { s.Refusal, s.LoadBalancer = reason("GatewayNotConfigured", "x", true), nil }), side(local)), [2]string{"-", inner}},
		{"what is published stays while the next is not proven", before, facts(side(external, moved, probed(answer(probe.Failed, "status 404"))), side(local)), [2]string{blue, inner}},
		{"and moves when it is", before, facts(side(external, moved), side(local)), [2]string{"203.0.113.1", inner}},
		{"it stays while the address is away", before, facts(side(external, noAddress), side(local)), [2]string{blue, inner}},
		{"B-INS-9 it stays when its configuration is gone", before, facts(side(external, refused), side(local, refused)), [2]string{blue, inner}},
		{"B-INS-9 and where it is not known what is wanted", before, facts(side(external, refused, unknown), side(local)), [2]string{blue, inner}},
		{"B-INS-3 it goes by the wish for none", before, facts(side(external, refused, unserved), side(local)), [2]string{"-", inner}},
		{"B-INS-3 in-cluster callers are refused by the wish for none", before, facts(side(external), side(local, refused, unserved, notNeeded)), [2]string{blue, "mesh only"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := addresses(status.Mark(test.old, test.facts).Status); got != test.want {
				t.Errorf("Published %v, want %v", got, test.want)
			}
		})
	}
}
