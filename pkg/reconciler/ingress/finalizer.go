// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

// legacyFinalizer is what the single-gateway plugin puts on KIngresses. Nothing of
// ours needs one (SPEC B-OPS-4), and without its controller a KIngress that has it
// could never be deleted (SPEC B-INS-8).
const legacyFinalizer = "ingresses.networking.internal.knative.dev"

// dropForeignFinalizer removes the single-gateway plugin's finalizer. The resource
// version in the patch keeps a finalizer that somebody adds meanwhile.
func (r *Reconciler) dropForeignFinalizer(ctx context.Context, ing *v1alpha1.Ingress) error {
	if !slices.Contains(ing.Finalizers, legacyFinalizer) {
		return nil
	}
	kept := slices.DeleteFunc(slices.Clone(ing.Finalizers), func(f string) bool { return f == legacyFinalizer })
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"finalizers":      kept,
		"resourceVersion": ing.ResourceVersion,
	}})
	if err != nil {
		return err
	}
	_, err = r.client.NetworkingV1alpha1().Ingresses(ing.Namespace).Patch(ctx, ing.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: apply.FieldManager})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove finalizer %s: %w", legacyFinalizer, err)
	}
	return nil
}
