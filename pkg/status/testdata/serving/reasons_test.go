// SPDX-License-Identifier: Apache-2.0

// Package serving tests what Serving's own functions make of what net-gateways reports. It is built with the module of
// hack/cluster.d/serving, and stands in testdata because the module of net-gateways does not need Serving.
package serving

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/apis"
	servingv1 "knative.dev/serving/pkg/apis/serving/v1"
	servingv1beta1 "knative.dev/serving/pkg/apis/serving/v1beta1"
)

// B-RDY-6, B-PTH-5: whatever the reason of a KIngress, the Knative Service, its Route and a DomainMapping show status, reason
// and message as they are. TestEveryReason of pkg/status writes the file, from all reasons that pkg/conditions declares.
func TestEveryReasonIsShown_BRDY6_BPTH5(t *testing.T) {
	content, err := os.ReadFile("../reasons.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		reported := v1alpha1.IngressStatus{}
		if err := json.Unmarshal([]byte(line), &reported); err != nil {
			t.Fatal(err)
		}
		said := reported.GetCondition(v1alpha1.IngressConditionReady)
		if said.IsTrue() || said.Reason == "" || said.Message == "" {
			t.Fatalf("%s is no KIngress that is not Ready", line)
		}
		for name, ready := range shown(reported) {
			if ready == nil || ready.Status != said.Status || ready.Reason != said.Reason || ready.Message != said.Message {
				t.Errorf("%s is %+v, want %s %s: %s", name, ready, said.Status, said.Reason, said.Message)
			}
		}
	}
}

// shown are the conditions Ready of objects to which nothing else is wrong.
func shown(reported v1alpha1.IngressStatus) map[string]*apis.Condition {
	route := servingv1.RouteStatus{}
	route.InitializeConditions()
	route.MarkTrafficAssigned()
	route.MarkTLSNotEnabled("no TLS")
	route.PropagateIngressStatus(reported)

	service, configuration := servingv1.ServiceStatus{}, servingv1.ConfigurationStatus{}
	configuration.SetConditions(apis.Conditions{{Type: servingv1.ConfigurationConditionReady, Status: corev1.ConditionTrue}})
	service.InitializeConditions()
	service.PropagateConfigurationStatus(&configuration)
	service.PropagateRouteStatus(&route)

	mapping := servingv1beta1.DomainMappingStatus{}
	mapping.InitializeConditions()
	mapping.MarkTLSNotEnabled("no TLS")
	mapping.MarkDomainClaimed()
	mapping.MarkReferenceResolved()
	mapping.PropagateIngressStatus(reported)

	return map[string]*apis.Condition{
		"Ready of the Service":       service.GetCondition(servingv1.ServiceConditionReady),
		"RoutesReady of the Service": service.GetCondition(servingv1.ServiceConditionRoutesReady),
		"Ready of the Route":         route.GetCondition(servingv1.RouteConditionReady),
		"Ready of the DomainMapping": mapping.GetCondition(servingv1beta1.DomainMappingConditionReady),
	}
}
