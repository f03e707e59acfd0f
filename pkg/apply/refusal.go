// SPDX-License-Identifier: Apache-2.0

package apply

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// Reasons of refusals, as SPEC B-RDY-6 names them.
const (
	ReasonNotOwned    = "NotOwned"
	ReasonUnsupported = "Unsupported"
)

// Refusal is a write that was not done and that retrying does not help.
type Refusal struct {
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

func notOwned(existing *gatewayv1.HTTPRoute) *Refusal {
	owner, wait := "no controller", false
	if ref := metav1.GetControllerOf(existing); ref != nil {
		owner = fmt.Sprintf("%s %s", ref.Kind, ref.Name)
		wait = ref.Kind == "Ingress" && ref.APIVersion == v1alpha1.SchemeGroupVersion.String()
	}
	return &Refusal{
		Wait:   wait,
		Object: types.NamespacedName{Namespace: existing.Namespace, Name: existing.Name},
		Code:   ReasonNotOwned,
		Detail: fmt.Sprintf("HTTPRoute %s/%s exists and belongs to %s: rename or delete it", existing.Namespace, existing.Name, owner),
	}
}

// refused tells the API server's final no from errors that may pass.
func refused(object *gatewayv1.HTTPRoute, err error) error {
	if !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
		return err
	}
	return &Refusal{
		Object: types.NamespacedName{Namespace: object.Namespace, Name: object.Name},
		Code:   ReasonUnsupported,
		Detail: fmt.Sprintf("the API server refuses HTTPRoute %s/%s: %v", object.Namespace, object.Name, err),
	}
}
