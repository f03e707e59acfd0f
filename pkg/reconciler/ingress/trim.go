// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
)

// trimInformers makes the informers of Knative's injection keep only the fields that are read. They are
// started later.
func trimInformers(ingresses, namespaces cache.SharedInformer) {
	_ = ingresses.SetTransform(cluster.Trimmed(func(object metav1.Object) { trimIngress(object, ingresses.GetStore()) }))
	_ = namespaces.SetTransform(cluster.Trimmed(cluster.TrimAll))
}

// trimIngress keeps all annotations that are carried over to other objects. They may be large, so it
// reuses the strings of the former version, which the other objects use, too.
func trimIngress(object metav1.Object, before cache.KeyGetter) {
	object.SetManagedFields(nil)
	annotations := object.GetAnnotations()
	delete(annotations, corev1.LastAppliedConfigAnnotation)
	stored, exists, err := before.GetByKey(types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}.String())
	if known, ok := stored.(*v1alpha1.Ingress); ok && exists && err == nil {
		cluster.ShareStrings(annotations, known.Annotations)
	}
}
