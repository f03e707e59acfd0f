// SPDX-License-Identifier: Apache-2.0

package events

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/record"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// ownerRecorder records an Event about a KIngress also about the Knative object that controls the KIngress: users
// of Knative describe a Route or a DomainMapping, and need not know what a KIngress is.
//
// It records no other Event than the embedded recorder, so that what that one does against too many holds for
// both objects.
type ownerRecorder struct{ record.EventRecorder }

// Event implements record.EventRecorder.
func (r ownerRecorder) Event(object runtime.Object, kind, reason, message string) {
	r.EventRecorder.Event(object, kind, reason, message)
	if owner := knativeOwner(object); owner != nil {
		r.EventRecorder.Event(owner, kind, reason, message)
	}
}

// Eventf implements record.EventRecorder.
func (r ownerRecorder) Eventf(object runtime.Object, kind, reason, format string, values ...any) { //nolint:revive // the arguments are those of the interface
	r.Event(object, kind, reason, fmt.Sprintf(format, values...))
}

// AnnotatedEventf implements record.EventRecorder.
func (r ownerRecorder) AnnotatedEventf(object runtime.Object, annotations map[string]string, kind, reason, format string, values ...any) { //nolint:revive // the arguments are those of the interface
	r.EventRecorder.AnnotatedEventf(object, annotations, kind, reason, format, values...)
	if owner := knativeOwner(object); owner != nil {
		r.EventRecorder.AnnotatedEventf(owner, annotations, kind, reason, format, values...)
	}
}

const servingGroup = "serving.knative.dev"

// knativeOwner refers to the Route or DomainMapping that controls a KIngress; nil if none does. The owner
// reference has all that an Event needs, so that the controller needs no right to read these kinds.
func knativeOwner(object runtime.Object) *corev1.ObjectReference {
	ing, is := object.(*v1alpha1.Ingress)
	if !is {
		return nil
	}
	owner := metav1.GetControllerOf(ing)
	if owner == nil || !strings.HasPrefix(owner.APIVersion, servingGroup+"/") || owner.Kind != "Route" && owner.Kind != "DomainMapping" {
		return nil
	}
	return &corev1.ObjectReference{APIVersion: owner.APIVersion, Kind: owner.Kind, Namespace: ing.Namespace, Name: owner.Name, UID: owner.UID}
}
