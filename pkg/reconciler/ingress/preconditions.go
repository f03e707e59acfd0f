// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/controller"

	"github.com/net-gateways/net-gateways/pkg/observe"
)

// find returns the KIngress of that name. If there is none, it returns nil, and has deleted the objects
// that the garbage collector does not delete because their namespace owns them.
func (r *Reconciler) find(ctx context.Context, name types.NamespacedName) (*v1alpha1.Ingress, error) {
	if !r.IsLeaderFor(name) {
		return nil, controller.NewSkipKey(name.String())
	}
	ing, err := r.lister.Ingresses(name.Namespace).Get(name.Name)
	if apierrors.IsNotFound(err) {
		return nil, errors.Join(r.dropTrust(ctx, name.Namespace, ""), r.dropShared(ctx, name.Namespace, nil), r.abandonNamed(ctx, name))
	}
	return ing, err
}

// preconditions returns the KIngress, as it is stored by then, if it must be served. If not, it returns
// nil, and has done what is due instead.
func (r *Reconciler) preconditions(ctx context.Context, ing *v1alpha1.Ingress) (*v1alpha1.Ingress, error) {
	other, err := r.cluster.CompetingController(ctx)
	switch {
	case err != nil:
		return nil, r.reportFailed(ctx, ing, err)
	case ing.DeletionTimestamp != nil && observe.HoldsListeners(ing):
		return nil, r.letGo(ctx, ing)
	case other != nil:
		return nil, nil // it serves this class; two controllers would undo each other's writes
	case !ours(ing):
		return nil, cmp.Or(r.abandonOf(ctx, ing), r.release(ctx, ing))
	}
	if ing, err = r.dropFinalizer(ctx, ing, legacyFinalizer); err != nil || ing.DeletionTimestamp != nil {
		return nil, err
	}
	r.departures.evict(ing.UID)
	if r.ends(ing.Namespace) {
		return nil, nil // the namespace is being deleted, with the KIngress and its routes
	}
	missing, err := r.cluster.Missing(ctx)
	if err != nil {
		return nil, r.reportFailed(ctx, ing, err)
	}
	if missing != nil {
		return nil, r.withoutGatewayAPI(ctx, ing, missing)
	}
	return ing, nil
}
