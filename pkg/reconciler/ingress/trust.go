// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/rollout"
	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
)

// storedTrust is the ConfigMap of a namespace with the name backendtls.TrustName; nil if there is none.
func (r *Reconciler) storedTrust(ctx context.Context, namespace string) (*corev1.ConfigMap, error) {
	name := types.NamespacedName{Namespace: namespace, Name: backendtls.TrustName}
	stored, err := cluster.Get[corev1.ConfigMap](ctx, r.cluster, cluster.OurTrust, name)
	if err != nil {
		return nil, err
	}
	if stored != nil {
		return r.trusts.Newest(stored), nil
	}
	for _, written := range r.trusts.Unseen(nil, func(written *corev1.ConfigMap) bool { return written.Namespace == namespace }) {
		return written, nil
	}
	return nil, nil
}

// applyTrust writes the ConfigMap of a namespace, and tells whether it did. KIngresses of the namespace
// that are reconciled at the same time want the same one: one of them writes it.
func (r *Reconciler) applyTrust(ctx context.Context, try *attempt) (wrote bool, err error) {
	namespace := try.stands.Namespace
	r.trustLock.Lock()
	defer r.trustLock.Unlock()
	stored, err := r.storedTrust(ctx, namespace.GetName())
	if err != nil {
		return false, err
	}
	current := []*corev1.ConfigMap{}
	if stored != nil {
		current = append(current, stored)
	}
	changes := apply.Plan(namespace, current, []*corev1.ConfigMap{try.desired.Trust})
	applied, err := r.trusts.writeDue(ctx, try, namespace, changes)
	for _, write := range applied.Writes {
		r.trusts.Wrote(write.Object)
	}
	return len(applied.Writes) > 0, err
}

// dropTrust deletes the ConfigMap of a namespace if no KIngress asks for TLS to its backends, and if none
// but the given one has leftover routes that use it. It holds the lock, so that a KIngress that begins to
// ask meanwhile writes the ConfigMap before or after.
func (r *Reconciler) dropTrust(ctx context.Context, name string, but types.UID) error {
	noPolicies, err := r.cluster.NoBackendTLSPolicies(ctx)
	if err != nil || noPolicies != "" {
		return err
	}
	r.trustLock.Lock()
	defer r.trustLock.Unlock()
	users, err := r.ingressesBy(bySecured, name)
	if err != nil || len(users) > 0 {
		return err
	}
	namespace, err := r.namespaces.Get(name)
	if apierrors.IsNotFound(err) {
		return nil // the namespace is being deleted, with all in it
	} else if err != nil {
		return err
	}
	stored, err := r.storedTrust(ctx, name)
	if err != nil || stored == nil {
		return err
	}
	if left, err := r.leftOverTLS(ctx, name, but); err != nil || len(left) > 0 {
		return err
	}
	_, err = r.trusts.Apply(ctx, namespace, apply.Plan(namespace, []*corev1.ConfigMap{stored}, nil))
	r.trusts.Evict(stored.UID)
	return err
}

// leftOverTLS are the Services of a namespace that leftover routes reach over TLS: those of KIngresses of
// another class, without the given one. These routes serve until the plugin of that class does.
func (r *Reconciler) leftOverTLS(ctx context.Context, namespace string, but types.UID) (sets.Set[types.NamespacedName], error) {
	found := sets.New[types.NamespacedName]()
	routes, err := cluster.List[gatewayv1.HTTPRoute](ctx, r.cluster, cluster.OurRoutes, namespace)
	for _, route := range routes {
		owner := metav1.GetControllerOf(route)
		if owner == nil || owner.UID == but || route.Annotations[rollout.Annotation] == "" {
			continue
		}
		if ing, err := r.lister.Ingresses(namespace).Get(owner.Name); err == nil && ing.UID == owner.UID && !ours(ing) {
			found = found.Union(observe.OverTLS(route))
		}
	}
	return found, err
}
