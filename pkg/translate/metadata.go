// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// notCarried are annotations that say something about the KIngress itself. The
// rollout annotation is Serving's own bookkeeping, which it rewrites while a
// rollout runs: carrying it would cost a write without a change of traffic.
var notCarried = []string{
	corev1.LastAppliedConfigAnnotation,
	networking.IngressClassAnnotationKey,
	networking.IngressClassAnnotationAltKey,
	networking.RolloutAnnotationKey,
}

// objectMeta is the metadata of an object that belongs to the KIngress: its labels
// and annotations are carried over (SPEC B-TRN-6), it controls the object, and our
// informers find it by the ingress label.
func objectMeta(ing *v1alpha1.Ingress, name string) metav1.ObjectMeta {
	labels := map[string]string{}
	maps.Copy(labels, ing.Labels)
	labels[networking.IngressLabelKey] = ingressLabelValue(ing)

	annotations := map[string]string{}
	maps.Copy(annotations, ing.Annotations)
	for _, key := range notCarried {
		delete(annotations, key)
	}
	return metav1.ObjectMeta{
		Namespace:       ing.Namespace,
		Name:            name,
		Labels:          labels,
		Annotations:     annotations,
		OwnerReferences: []metav1.OwnerReference{*kmeta.NewControllerRef(ing)},
	}
}

// privateLabel is the value of the label networking.knative.dev/visibility on a route of
// cluster-local hosts; Serving's constant of that value is in its own module.
const privateLabel = "cluster-local"

// visibilityLabel is that label's value on the HTTPRoutes of a visibility, as the
// single-gateway plugin writes it, too (SPEC B-INS-10).
func visibilityLabel(visibility v1alpha1.IngressVisibility) string {
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		return privateLabel
	}
	return ""
}

// VisibilityOf is the visibility that the label of a stored HTTPRoute tells. One that was
// written before the routes had the label does not tell it.
func VisibilityOf(route *gatewayv1.HTTPRoute) (v1alpha1.IngressVisibility, bool) {
	switch value, labelled := route.Labels[networking.VisibilityLabelKey]; {
	case labelled && value == "":
		return v1alpha1.IngressVisibilityExternalIP, true
	case value == privateLabel:
		return v1alpha1.IngressVisibilityClusterLocal, true
	}
	return "", false
}
