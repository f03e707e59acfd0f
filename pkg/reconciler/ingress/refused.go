// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"context"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// withoutGatewayAPI says which CRD is needed. What is settled stays so under one that only looks
// old; with one that is gone went all objects of its kind, and what was proven with them.
func (r *Reconciler) withoutGatewayAPI(ctx context.Context, ing *v1alpha1.Ingress, missing *cluster.MissingCRD) error {
	switch {
	case !missing.Outdated:
		r.cluster.DropGatewayAPI()
		grace, err := r.report(ctx, ing, status.Facts{Failures: []conditions.Reasoned{missing}})
		return cmp.Or(err, requeueIn(grace))
	case status.IsSettled(ing.Status, ing.Generation):
		return nil
	}
	return r.reportOnly(ctx, ing, missing)
}

// reportOnly says why nothing can be done. What stands, and what was proven of it, stays.
func (r *Reconciler) reportOnly(ctx context.Context, ing *v1alpha1.Ingress, why conditions.Reasoned) error {
	grace, err := r.report(ctx, ing, status.Facts{Failures: []conditions.Reasoned{why}, Unobserved: true})
	return cmp.Or(err, requeueIn(grace))
}
