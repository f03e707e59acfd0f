// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

const (
	// legacyFinalizer is the finalizer of the single-gateway plugin. Without its controller, a KIngress
	// that has it could never be deleted (SPEC B-INS-8).
	legacyFinalizer = "ingresses.networking.internal.knative.dev"
)

func (r *Reconciler) setFinalizer(ctx context.Context, ing *v1alpha1.Ingress) (*v1alpha1.Ingress, error) {
	if observe.HoldsListeners(ing) {
		return ing, nil
	}
	return r.writeFinalizers(ctx, ing, append(slices.Clone(ing.Finalizers), observe.ListenerFinalizer))
}

func (r *Reconciler) dropFinalizer(ctx context.Context, ing *v1alpha1.Ingress, finalizer string) (*v1alpha1.Ingress, error) {
	left := slices.DeleteFunc(slices.Clone(ing.Finalizers), func(f string) bool { return f == finalizer })
	if len(left) == len(ing.Finalizers) {
		return ing, nil
	}
	return r.writeFinalizers(ctx, ing, left)
}

// writeFinalizers writes finalizers and returns the stored KIngress. With the resource version in the
// patch, it does not remove a finalizer that another client adds meanwhile.
func (r *Reconciler) writeFinalizers(ctx context.Context, ing *v1alpha1.Ingress, finalizers []string) (*v1alpha1.Ingress, error) {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"finalizers":      finalizers,
		"resourceVersion": ing.ResourceVersion,
	}})
	if err != nil {
		return ing, err
	}
	stored, err := r.client.NetworkingV1alpha1().Ingresses(ing.Namespace).Patch(ctx, ing.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: apply.FieldManager})
	switch {
	case apierrors.IsNotFound(err):
		return ing, nil
	case err != nil:
		return ing, fmt.Errorf("write finalizers %v: %w", finalizers, err)
	}
	r.ingresses.Wrote(stored)
	return stored, nil
}

// letGo removes the listeners of a KIngress that is being deleted from all Gateways. A listener that
// cannot be removed has another owner by then, and does not block the deletion.
func (r *Reconciler) letGo(ctx context.Context, ing *v1alpha1.Ingress) error {
	exist, err := r.cluster.HasGateways(ctx)
	if err != nil {
		return err
	}
	if exist {
		seen, err := observe.LeftoverListeners(r.reader(ctx), ing)
		if err != nil {
			return err
		}
		try := newAttempt(seen, translate.Desired{})
		if err := r.applyListeners(ctx, try, try.listenerChanges()); err != nil {
			return err
		}
		for _, refusal := range try.refused {
			r.recorder.Event(ing, corev1.EventTypeWarning, refusal.Reason(), "its HTTPS listeners stay on the Gateway and must be removed by hand: "+refusal.Error())
		}
		if try.unfinished() {
			return try.result()
		}
	}
	_, err = r.dropFinalizer(ctx, ing, observe.ListenerFinalizer)
	return err
}
