// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Changes by other clients go to the tracker directly, so that they do not count as writes of the
// controller.

func (w *world) changeIngress(name string, change func(*v1alpha1.Ingress)) {
	w.Helper()
	changed := w.ingress(name).DeepCopy()
	change(changed)
	w.replaces(changed)
}

// toNextGeneration changes what is served, with the same backend.
func toNextGeneration(ing *v1alpha1.Ingress) {
	for i := range ing.Spec.Rules {
		ing.Spec.Rules[i].HTTP.Paths[0].Splits[0].AppendHeaders["Knative-Serving-Revision"] = "hello-00002"
	}
}

// say sets the gateway's condition of a route.
func (w *world) say(route, kind string, value metav1.ConditionStatus, reason string) {
	w.Helper()
	changed := w.routes()[route].DeepCopy()
	changed.Status.Parents = []gatewayv1.RouteParentStatus{{
		ParentRef:      changed.Spec.ParentRefs[0],
		ControllerName: envoyGateway,
		Conditions:     []metav1.Condition{{Type: kind, Status: value, Reason: reason, Message: "in other words", ObservedGeneration: changed.Generation}},
	}}
	w.replaces(changed)
}
