// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

const (
	external = v1alpha1.IngressVisibilityExternalIP
	local    = v1alpha1.IngressVisibilityClusterLocal
)

var noon = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

func reason(code, text string, terminal bool) *conditions.Refusal {
	return &conditions.Refusal{Code: code, Detail: text, Wait: !terminal}
}

// conditionsOf are a status in the form "Ready=True", "NetworkConfigured=False Reason: message".
func conditionsOf(ingress v1alpha1.IngressStatus) map[string]string {
	found := map[string]string{}
	for _, kind := range []apis.ConditionType{v1alpha1.IngressConditionReady, v1alpha1.IngressConditionNetworkConfigured, v1alpha1.IngressConditionLoadBalancerReady} {
		condition := ingress.GetCondition(kind)
		if condition == nil {
			continue
		}
		found[string(kind)] = strings.TrimSuffix(string(condition.Status)+" "+condition.Reason+": "+condition.Message, " : ")
	}
	return found
}

// ready is what a Ready KIngress says when there is nothing to add.
var ready = map[string]string{"Ready": "True", "NetworkConfigured": "True", "LoadBalancerReady": "True"}

// edit makes a side different from one that is served and proven.
type edit func(*status.Side)

// side is a side that is served and proven.
func side(visibility v1alpha1.IngressVisibility, edits ...edit) status.Side {
	name := map[v1alpha1.IngressVisibility]string{external: "blue", local: "inner"}[visibility]
	gateway := types.NamespacedName{Namespace: "gateways", Name: name}
	found := status.Side{
		Visibility: visibility, Needed: true, Version: "v1",
		Entry:        config.Entry{Visibility: visibility, Class: "envoy", Gateway: gateway},
		Gateway:      &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: gateway.Namespace, Name: name, Generation: 2}},
		LoadBalancer: []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: name + ".system.svc.cluster.local"}},
	}
	found.Gateway.Spec.GatewayClassName = "envoy"
	found.Gateway.Status.Conditions = []metav1.Condition{
		{Type: "Accepted", Status: "True", ObservedGeneration: 2}, {Type: "Programmed", Status: "True", ObservedGeneration: 2},
	}
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name + ".example.com", Generation: 3}}
	found.Routes = []status.Route{{
		Name: types.NamespacedName{Namespace: route.Namespace, Name: route.Name}, Object: route,
		Report: probe.Report{Results: []probe.Result{answer(probe.Proven, "")}},
	}}
	for _, edit := range edits {
		edit(&found)
	}
	return found
}

func answer(state probe.State, problem string) probe.Result {
	return probe.Result{Target: probe.Target{Scheme: "http", Host: "hello.example.com", Address: "10.0.0.1:80"}, State: state, Err: problem}
}

func probed(results ...probe.Result) edit {
	return func(s *status.Side) { s.Routes[0].Report = probe.Report{Results: results} }
}

// said is a condition of the gateway for the route, at a generation of the route.
func describe(kind string, value metav1.ConditionStatus, generation int64) edit {
	return func(s *status.Side) {
		namespace := gatewayv1.Namespace(s.Entry.Gateway.Namespace)
		route := s.Routes[0].Object.DeepCopy()
		if len(route.Status.Parents) == 0 {
			route.Status.Parents = []gatewayv1.RouteParentStatus{{ParentRef: gatewayv1.ParentReference{Namespace: &namespace, Name: gatewayv1.ObjectName(s.Entry.Gateway.Name)}}}
		}
		route.Status.Parents[0].Conditions = append(route.Status.Parents[0].Conditions,
			metav1.Condition{Type: kind, Status: value, Reason: "TheReason", Message: "the words", ObservedGeneration: generation})
		s.Routes[0].Object = route
	}
}

func gatewaySaid(kind string, value metav1.ConditionStatus, generation int64) edit {
	return func(s *status.Side) {
		for i := range s.Gateway.Status.Conditions {
			if condition := &s.Gateway.Status.Conditions[i]; condition.Type == kind {
				condition.Status, condition.Reason, condition.Message, condition.ObservedGeneration = value, "TheReason", "the words", generation
			}
		}
	}
}

func leaving(s *status.Side)   { s.Leaving = true }
func held(s *status.Side)      { s.Held = true }
func version(name string) edit { return func(s *status.Side) { s.Version = name } }
func notNeeded(s *status.Side) { s.Needed, s.Routes = false, nil }
func byStatus(s *status.Side)  { s.Routes[0].ByStatus, s.Routes[0].Report = true, probe.Report{} }
func settled(s *status.Side)   { s.Routes[0].Proven, s.Routes[0].Report = true, probe.Report{} }
func noAddress(s *status.Side) { s.LoadBalancer = nil }

// facts are those of a KIngress with both sides that has waited long enough to be reported.
func facts(sides ...status.Side) status.Facts {
	return status.Facts{Generation: 7, Now: noon, Sides: sides, Waited: time.Hour, SinceReport: time.Hour, Refused: time.Hour}
}
