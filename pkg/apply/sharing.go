// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// IsShared tells whether several KIngresses own an object: its label names none of them, none
// controls it, and nobody else owns it but their namespace. All write the same, under one
// field manager.
func IsShared(object metav1.Object) bool {
	if label, ours := object.GetLabels()[networking.IngressLabelKey]; !ours || label != "" {
		return false
	}
	for _, ref := range object.GetOwnerReferences() {
		ingress := ref.Kind == "Ingress" && ref.APIVersion == v1alpha1.SchemeGroupVersion.String()
		if !ingress && !isNamespaceOf(object, ref) || ref.Controller != nil && *ref.Controller {
			return false
		}
	}
	return len(object.GetOwnerReferences()) > 0
}

// OwnedByNamespace tells whether the namespace of a shared object owns it, which it does while
// more share it than own it. The garbage collector does not take it then.
func OwnedByNamespace(object metav1.Object) bool {
	return slices.ContainsFunc(object.GetOwnerReferences(), func(ref metav1.OwnerReference) bool { return isNamespaceOf(object, ref) })
}

func isNamespaceOf(object metav1.Object, ref metav1.OwnerReference) bool {
	return ref.Kind == "Namespace" && ref.APIVersion == corev1.SchemeGroupVersion.String() && ref.Name == object.GetNamespace()
}

// IsControlledBy tells whether an owner controls an object where it can: in its own namespace, if it
// has one.
func IsControlledBy(object, owner metav1.Object) bool {
	within := owner.GetNamespace() == "" || owner.GetNamespace() == object.GetNamespace()
	return within && metav1.IsControlledBy(object, owner)
}

// mayWrite tells whether an object that is there is the owner's, or shared as the wanted one
// is.
func mayWrite(have, want, owner metav1.Object) bool {
	return IsControlledBy(have, owner) || IsShared(have) && IsShared(want)
}

// mayDelete tells whether an object that is not wanted any more is the owner's alone. What
// others share stays: they write who owns it. So does what their namespace owns: there may
// be others who are not among its owners.
func mayDelete(have, owner metav1.Object) bool {
	return IsControlledBy(have, owner) || IsShared(have) && uidsOf(have).Equal(sets.New(string(owner.GetUID())))
}

// uidsOf are those of the owners.
func uidsOf(object metav1.Object) sets.Set[string] {
	found := sets.New[string]()
	for _, ref := range object.GetOwnerReferences() {
		found.Insert(string(ref.UID))
	}
	return found
}
