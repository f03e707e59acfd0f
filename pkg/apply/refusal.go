// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
)

// Refusal is a write that failed and that a retry does not cure. Its Wait is set if the object belongs to another
// KIngress, which will delete it: of two KIngresses with one host only one writes.
type Refusal struct {
	conditions.Refusal
	// Kind and Object name the object.
	Kind   string
	Object types.NamespacedName
}

// Taken says that an object of the name of a wanted one belongs to another owner; nil if the owner may write it.
func Taken(existing, wanted, owner metav1.Object) *Refusal {
	if mayWrite(existing, wanted, owner) {
		return nil
	}
	return notOwned(existing)
}

func notOwned(existing metav1.Object) *Refusal {
	owner, wait := "no controller", false
	if ref := metav1.GetControllerOf(existing); ref != nil {
		owner = fmt.Sprintf("%s %s", ref.Kind, ref.Name)
		wait = ref.Kind == "Ingress" && ref.APIVersion == v1alpha1.SchemeGroupVersion.String()
	}
	return &Refusal{Kind: kindOf(existing).name, Object: NameOf(existing), Refusal: conditions.Refusal{
		Wait:   wait,
		Code:   conditions.ReasonNotOwned,
		Detail: fmt.Sprintf("%s %s exists, belongs to %s and is left as it is: delete it, or recreate it under another name", kindOf(existing).name, NameOf(existing), owner),
	}}
}

// refused turns an error that a retry does not cure into a Refusal.
func refused(object metav1.Object, err error) error {
	if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
		return err
	}
	return &Refusal{Kind: kindOf(object).name, Object: NameOf(object), Refusal: conditions.Refusal{
		Code:   conditions.ReasonUnsupported,
		Detail: fmt.Sprintf("%s %s is refused by the API server: %v", kindOf(object).name, NameOf(object), err),
	}}
}

// NameOf is the name of an object in its namespace.
func NameOf(object metav1.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}
