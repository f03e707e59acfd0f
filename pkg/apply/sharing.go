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
// controls it, and it has no other owner but their namespace. All of them write the same content,
// under one field manager.
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

// OwnedByNamespace tells whether its namespace owns a shared object. It does while KIngresses that are not among the
// owners share the object, so that the garbage collector does not delete it.
func OwnedByNamespace(object metav1.Object) bool {
	return slices.ContainsFunc(object.GetOwnerReferences(), func(ref metav1.OwnerReference) bool { return isNamespaceOf(object, ref) })
}

func isNamespaceOf(object metav1.Object, ref metav1.OwnerReference) bool {
	return ref.Kind == "Namespace" && ref.APIVersion == corev1.SchemeGroupVersion.String() && ref.Name == object.GetNamespace()
}

// IsControlledBy tells whether an owner controls an object of its own namespace; of any namespace if the owner
// has none.
func IsControlledBy(object, owner metav1.Object) bool {
	within := owner.GetNamespace() == "" || owner.GetNamespace() == object.GetNamespace()
	return within && metav1.IsControlledBy(object, owner)
}

// mayWrite tells whether an existing object is the owner's, or shared like the wanted one.
func mayWrite(have, want, owner metav1.Object) bool {
	return IsControlledBy(have, owner) || IsShared(have) && IsShared(want)
}

// mayDelete tells whether an object that is not wanted any more is the owner's alone. One that has other
// owners stays: these remove the owner from it. One that the namespace owns stays, too, because KIngresses that are
// not among its owners may share it.
func mayDelete(have, owner metav1.Object) bool {
	return IsControlledBy(have, owner) || IsShared(have) && uidsOf(have).Equal(sets.New(string(owner.GetUID())))
}

// uidsOf are the UIDs of an object's owners.
func uidsOf(object metav1.Object) sets.Set[string] {
	found := sets.New[string]()
	for _, ref := range object.GetOwnerReferences() {
		found.Insert(string(ref.UID))
	}
	return found
}
