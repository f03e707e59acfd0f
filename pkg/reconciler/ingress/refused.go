// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"cmp"
	"context"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// withoutGatewayAPI reports which CRD is needed. If the CRD is only too old, a settled KIngress stays as
// it is. If it is deleted, all objects of its kind are deleted with it, and proofs are void.
func (r *Reconciler) withoutGatewayAPI(ctx context.Context, ing *v1alpha1.Ingress, missing *gatewayapi.Missing) error {
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

// reportOnly reports why nothing can be done. Stored objects and proofs stay.
func (r *Reconciler) reportOnly(ctx context.Context, ing *v1alpha1.Ingress, why conditions.Reasoned) error {
	grace, err := r.report(ctx, ing, status.Facts{Failures: []conditions.Reasoned{why}, Unobserved: true})
	return cmp.Or(err, requeueIn(grace))
}
