// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// storedTrust is the ConfigMap of a namespace under our name; nil when there is none.
func (r *Reconciler) storedTrust(ctx context.Context, namespace string) (*corev1.ConfigMap, error) {
	name := types.NamespacedName{Namespace: namespace, Name: translate.TrustName}
	stored, err := cluster.Get[corev1.ConfigMap](ctx, r.cluster, cluster.OurTrust, name)
	if err != nil {
		return nil, err
	}
	if stored != nil {
		return r.internal.trusts.Newest(stored), nil
	}
	for _, written := range r.internal.trusts.Unseen(nil, func(written *corev1.ConfigMap) bool { return written.Namespace == namespace }) {
		return written, nil
	}
	return nil, nil
}

// applyTrust writes the ConfigMap of a namespace. Its KIngresses are reconciled side by
// side and want the same one: one of them writes it.
func (r *Reconciler) applyTrust(ctx context.Context, namespace metav1.Object, desired *corev1.ConfigMap) (apply.Result[*corev1.ConfigMap], error) {
	r.internal.lock.Lock()
	defer r.internal.lock.Unlock()
	stored, err := r.storedTrust(ctx, namespace.GetName())
	if err != nil {
		return apply.Result[*corev1.ConfigMap]{}, err
	}
	current := []*corev1.ConfigMap{}
	if stored != nil {
		current = append(current, stored)
	}
	applied, err := r.internal.trustApplier.Apply(ctx, namespace, apply.Plan(namespace, current, []*corev1.ConfigMap{desired}))
	for _, write := range applied.Writes {
		r.internal.trusts.Wrote(write.Object)
	}
	return applied, err
}

// dropTrust deletes the ConfigMap of a namespace of which no KIngress asks for TLS.
func (r *Reconciler) dropTrust(ctx context.Context, name string) error {
	users, err := r.ingressesBy(bySecured, name)
	if err != nil || len(users) > 0 {
		return err
	}
	noPolicies, err := r.cluster.NoBackendTLSPolicies(ctx)
	if err != nil || noPolicies != "" {
		return err
	}
	namespace, err := r.namespaces.Get(name)
	if apierrors.IsNotFound(err) {
		return nil // and all in it
	} else if err != nil {
		return err
	}
	stored, err := r.storedTrust(ctx, name)
	if err != nil || stored == nil {
		return err
	}
	_, err = r.internal.trustApplier.Apply(ctx, namespace, apply.Plan(namespace, []*corev1.ConfigMap{stored}, nil))
	r.internal.trusts.Forget(stored.UID)
	return err
}
