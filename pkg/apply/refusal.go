// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// Reasons of refusals, as SPEC B-RDY-6 names them.
const (
	ReasonNotOwned    = "NotOwned"
	ReasonUnsupported = "Unsupported"
)

// Refusal is a write that was not done and that retrying does not help.
type Refusal struct {
	// Kind and Object are what was to be written.
	Kind   string
	Object types.NamespacedName
	Code   string
	Detail string
	// Wait is true when the object is on its way out: it belongs to another KIngress,
	// and of two with one host only one writes.
	Wait bool
}

func (r *Refusal) Error() string { return r.Detail }

// Reason is the condition reason.
func (r *Refusal) Reason() string { return r.Code }

// Terminal tells that the object named in the text must be changed by somebody.
func (r *Refusal) Terminal() bool { return !r.Wait }

func notOwned(existing metav1.Object) *Refusal {
	owner, wait := "no controller", false
	if ref := metav1.GetControllerOf(existing); ref != nil {
		owner = fmt.Sprintf("%s %s", ref.Kind, ref.Name)
		wait = ref.Kind == "Ingress" && ref.APIVersion == v1alpha1.SchemeGroupVersion.String()
	}
	return &Refusal{
		Wait:   wait,
		Kind:   kindOf(existing).name,
		Object: nameOf(existing),
		Code:   ReasonNotOwned,
		Detail: fmt.Sprintf("%s %s exists and belongs to %s: rename or delete it", kindOf(existing).name, nameOf(existing), owner),
	}
}

// refused tells the API server's final no from errors that may pass.
func refused(object metav1.Object, err error) error {
	if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
		return err
	}
	return &Refusal{
		Kind:   kindOf(object).name,
		Object: nameOf(object),
		Code:   ReasonUnsupported,
		Detail: fmt.Sprintf("the API server refuses %s %s: %v", kindOf(object).name, nameOf(object), err),
	}
}

func nameOf(object metav1.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
}
