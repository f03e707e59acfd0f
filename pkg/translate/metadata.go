// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/kmeta"
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
