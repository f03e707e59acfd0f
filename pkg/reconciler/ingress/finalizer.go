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
	"github.com/net-gateways/net-gateways/pkg/translate"
)

const (
	// legacyFinalizer is what the single-gateway plugin puts on KIngresses. Without its
	// controller a KIngress that has it could never be deleted (SPEC B-INS-8).
	legacyFinalizer = "ingresses.networking.internal.knative.dev"
	// listenerFinalizer is ours, on a KIngress that has listeners on Gateways: no owner
	// reference takes these away. All else goes without (SPEC B-OPS-4).
	listenerFinalizer = "net-gateways/gateway-listeners"
)

func holdsListeners(ing *v1alpha1.Ingress) bool {
	return slices.Contains(ing.Finalizers, listenerFinalizer)
}

func (r *Reconciler) dropForeignFinalizer(ctx context.Context, ing *v1alpha1.Ingress) error {
	return r.dropFinalizer(ctx, &observed{ingress: ing}, legacyFinalizer)
}

func (r *Reconciler) setFinalizer(ctx context.Context, seen *observed) error {
	if holdsListeners(seen.ingress) {
		return nil
	}
	return r.writeFinalizers(ctx, seen, append(slices.Clone(seen.ingress.Finalizers), listenerFinalizer))
}

func (r *Reconciler) dropFinalizer(ctx context.Context, seen *observed, finalizer string) error {
	kept := slices.DeleteFunc(slices.Clone(seen.ingress.Finalizers), func(f string) bool { return f == finalizer })
	if len(kept) == len(seen.ingress.Finalizers) {
		return nil
	}
	return r.writeFinalizers(ctx, seen, kept)
}

// writeFinalizers goes on with the KIngress as it is afterwards. The resource version in
// the patch keeps a finalizer that somebody adds meanwhile.
func (r *Reconciler) writeFinalizers(ctx context.Context, seen *observed, finalizers []string) error {
	ing := seen.ingress
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"finalizers":      finalizers,
		"resourceVersion": ing.ResourceVersion,
	}})
	if err != nil {
		return err
	}
	stored, err := r.client.NetworkingV1alpha1().Ingresses(ing.Namespace).Patch(ctx, ing.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: apply.FieldManager})
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("write finalizers %v: %w", finalizers, err)
	}
	r.ingresses.Wrote(stored)
	seen.ingress = stored
	return nil
}

// letGo takes the listeners of a KIngress that is being deleted off all Gateways. One that
// cannot be taken off is somebody else's by then; it does not hold the deletion up.
func (r *Reconciler) letGo(ctx context.Context, ing *v1alpha1.Ingress) error {
	seen := &observed{ingress: ing}
	exist, err := r.cluster.HasGateways(ctx)
	if err != nil {
		return err
	}
	if exist {
		if err := r.gatherGateways(ctx, seen); err != nil {
			return err
		}
		refused, err := r.applyListeners(ctx, seen, seen.listenerChanges(translate.Desired{}))
		if err != nil {
			return err
		}
		for _, refusal := range refused {
			r.recorder.Event(ing, corev1.EventTypeWarning, refusal.Reason(), "listeners stay: "+refusal.Error())
		}
		if seen.inLine || seen.pause > 0 {
			return lookAgain(seen.pause)
		}
	}
	return r.dropFinalizer(ctx, seen, listenerFinalizer)
}
