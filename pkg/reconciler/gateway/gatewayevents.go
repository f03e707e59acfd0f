// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/features"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// recordGateways reports what is wrong with the Gateways that the entries name.
func (r *Reconciler) recordGateways(ctx context.Context, cfg *config.Config) error {
	for _, entry := range slices.Concat(cfg.External, cfg.Local) {
		gateway, err := cluster.Get[gatewayv1.Gateway](ctx, r.cluster, cluster.AllGateways, entry.Gateway)
		if err != nil {
			return err
		}
		if gateway == nil {
			continue
		}
		class, err := cluster.Get[gatewayv1.GatewayClass](ctx, r.cluster, cluster.AllGatewayClasses, types.NamespacedName{Name: string(gateway.Spec.GatewayClassName)})
		if err != nil {
			return err
		}
		r.recordComplaint(entry, gateway)
		r.recordClass(gateway, class)
		if entry.Visibility == v1alpha1.IngressVisibilityClusterLocal {
			if err := r.recordExposure(ctx, entry, gateway, class); err != nil {
				return err
			}
		}
	}
	return nil
}

// recordComplaint repeats a problem that a Gateway has in its conditions. Its services are Ready all the same when its data
// plane answers, so that no condition of theirs has the problem (SPEC B-RDY-7).
func (r *Reconciler) recordComplaint(entry config.Entry, gateway *gatewayv1.Gateway) {
	if complaint := status.Complaint(gateway); complaint != "" {
		r.recorder.event(gateway, corev1.EventTypeWarning, conditions.ReasonGatewayNotProgrammed, fmt.Sprintf(
			"%s; services of %s are Ready where its data plane answers", complaint, entry))
	}
}

// recordClass reports that a Gateway's class does not exist or is not accepted. Its services go on with what was known of the
// class, so that no condition of theirs has the problem (SPEC B-INS-9).
func (r *Reconciler) recordClass(gateway *gatewayv1.Gateway, class *gatewayv1.GatewayClass) {
	problem := "does not exist"
	if class != nil {
		refused := features.NotAccepted(class)
		if refused == nil {
			return
		}
		problem = fmt.Sprintf("is not accepted: %s: %s", refused.Reason, refused.Message)
	}
	r.recorder.event(gateway, corev1.EventTypeWarning, conditions.ReasonGatewayNotProgrammed, fmt.Sprintf(
		"GatewayClass %s of Gateway %s %s; services are served by what was known of it, and after a restart of this controller changes and new services wait for it",
		gateway.Spec.GatewayClassName, apply.NameOf(gateway), problem))
}

// recordExposure warns of a local gateway that clients outside the cluster can reach (SPEC B-SEL-7).
func (r *Reconciler) recordExposure(ctx context.Context, entry config.Entry, gateway *gatewayv1.Gateway, class *gatewayv1.GatewayClass) error {
	owner := dataplane.Owner{Gateway: gateway}
	if class != nil {
		owner.Controller = class.Spec.ControllerName
	}
	service, _, err := observe.ServiceOf(r.cluster.Reader(ctx), entry, owner)
	if err != nil {
		return err
	}
	if exposure := dataplane.Exposure(gateway, service, nil); exposure != "" {
		r.recorder.event(r.configMap(), corev1.EventTypeWarning, conditions.ReasonLocalGatewayExposed, fmt.Sprintf(
			"%s: cluster-local services are reachable from outside: %s", entry, exposure))
	}
	return nil
}
