// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// TestTakenOver: B-INS-9, another plugin serves a KIngress when it has published other load balancers
// than this controller, or observed a later generation; other fields of the status prove nothing.
func TestTakenOver(t *testing.T) {
	balancer := func(ingress ...v1alpha1.LoadBalancerIngressStatus) *v1alpha1.LoadBalancerStatus {
		return &v1alpha1.LoadBalancerStatus{Ingress: ingress}
	}
	theirs := balancer(v1alpha1.LoadBalancerIngressStatus{DomainInternal: "gateway.istio-system.svc.cluster.local"})
	unsigned := func(s *v1alpha1.IngressStatus) { delete(s.Annotations, status.ReportedAnnotation) }
	wiped := func(s *v1alpha1.IngressStatus) { s.Annotations = nil }
	for name, c := range map[string]struct {
		changes []func(*v1alpha1.IngressStatus)
		want    bool
	}{
		"as we left it":           {nil, false},
		"its conditions changed":  {[]func(*v1alpha1.IngressStatus){func(s *v1alpha1.IngressStatus) { s.MarkIngressNotReady("Uninitialized", "waiting") }}, false},
		"ours withdrawn":          {[]func(*v1alpha1.IngressStatus){func(s *v1alpha1.IngressStatus) { s.PublicLoadBalancer, s.PrivateLoadBalancer = nil, balancer() }}, false},
		"another public address":  {[]func(*v1alpha1.IngressStatus){func(s *v1alpha1.IngressStatus) { s.PublicLoadBalancer = theirs }}, true},
		"another private address": {[]func(*v1alpha1.IngressStatus){func(s *v1alpha1.IngressStatus) { s.PrivateLoadBalancer = theirs }}, true},
		"the mesh": {[]func(*v1alpha1.IngressStatus){func(s *v1alpha1.IngressStatus) {
			s.PrivateLoadBalancer = balancer(v1alpha1.LoadBalancerIngressStatus{MeshOnly: true})
		}}, true},
		"a later generation":        {[]func(*v1alpha1.IngressStatus){func(s *v1alpha1.IngressStatus) { s.ObservedGeneration++ }}, true},
		"of an older release":       {[]func(*v1alpha1.IngressStatus){unsigned}, false},
		"of one, and observed":      {[]func(*v1alpha1.IngressStatus){unsigned, func(s *v1alpha1.IngressStatus) { s.ObservedGeneration++ }}, true},
		"written anew, without":     {[]func(*v1alpha1.IngressStatus){wiped, func(s *v1alpha1.IngressStatus) { s.PublicLoadBalancer, s.PrivateLoadBalancer = nil, nil }}, false},
		"written anew, with theirs": {[]func(*v1alpha1.IngressStatus){wiped, func(s *v1alpha1.IngressStatus) { s.PublicLoadBalancer = theirs }}, true},
	} {
		t.Run(name, func(t *testing.T) {
			reported := status.Mark(v1alpha1.IngressStatus{}, facts(side(external), side(local))).Status
			for _, change := range c.changes {
				change(&reported)
			}
			if got := status.TakenOver(reported); got != c.want {
				t.Errorf("got %t, want %t", got, c.want)
			}
		})
	}
	if status.TakenOver(v1alpha1.IngressStatus{}) {
		t.Error("A KIngress without any status is taken over")
	}
}
