// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// gatewayMatters leaves out the counts of attached routes, which change with every
// route of every service.
func gatewayMatters(old, new *gatewayv1.Gateway) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) ||
		!equality.Semantic.DeepEqual(old.Labels, new.Labels) ||
		!equality.Semantic.DeepEqual(old.Status.Addresses, new.Status.Addresses) ||
		!sameConditions(old.Status.Conditions, new.Status.Conditions)
}

func sameConditions(old, new []metav1.Condition) bool {
	digest := func(conditions []metav1.Condition) string {
		text := strings.Builder{}
		for _, c := range conditions {
			text.WriteString(c.Type + "\x00" + string(c.Status) + "\x00" + c.Reason + "\x00" + c.Message + "\x00")
		}
		return text.String()
	}
	return digest(old) == digest(new)
}

func serviceMatters(old, new *corev1.Service) bool {
	return !equality.Semantic.DeepEqual(old.Spec, new.Spec) ||
		!equality.Semantic.DeepEqual(old.Labels, new.Labels) ||
		!equality.Semantic.DeepEqual(old.Status.LoadBalancer, new.Status.LoadBalancer)
}
