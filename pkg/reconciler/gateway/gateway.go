// SPDX-License-Identifier: Apache-2.0

package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/reconciler"
	"knative.dev/pkg/system"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/heartbeat"
	"github.com/net-gateways/net-gateways/pkg/panics"
)

// Reasons that only Events have.
const (
	reasonIgnored       = "ConfigurationIgnored"
	reasonKept          = "ConfigurationKept"
	reasonStandingBy    = "StandingBy"
	reasonGatewayWanted = "GatewayInUse"
)

// Reconciler reconciles config-gateway.
type Reconciler struct {
	reconciler.LeaderAwareFuncs

	client   gatewayclientset.Interface
	cluster  cluster.Cluster
	config   *config.Store
	recorder *onceRecorder
	stacks   panics.Stacks
	contests *apply.Contests
	heart    *heartbeat.Heart
	// pause is how long to wait before a Gateway is written that other writers change over and over; 0 if none do.
	pause time.Duration
	// waitsForRoutes tells that a Gateway is to be deleted once no HTTPRoute is attached to it.
	waitsForRoutes atomic.Bool
}

var (
	_ controller.Reconciler  = (*Reconciler)(nil)
	_ reconciler.LeaderAware = (*Reconciler)(nil)
)

// key is the only key: the ConfigMap.
func key() types.NamespacedName {
	return types.NamespacedName{Namespace: system.Namespace(), Name: config.Name}
}

// Reconcile brings the Gateways that the controller owns in line with config-gateway.
func (r *Reconciler) Reconcile(ctx context.Context, name string) error {
	err := r.reconcile(ctx, name)
	r.stacks.Log(key(), err)
	return err
}

func (r *Reconciler) reconcile(ctx context.Context, name string) (err error) {
	defer panics.Into(&err)
	if !r.IsLeaderFor(key()) {
		return controller.NewSkipKey(name)
	}
	state := r.config.Load()
	r.recorder.begin()
	r.recordConfiguration(state)
	missing, err := r.cluster.Missing(ctx)
	if err != nil {
		return err
	}
	if missing != nil {
		r.withoutGatewayAPI(missing)
		return nil
	}
	competing, err := r.cluster.CompetingController(ctx)
	if err != nil {
		return err
	}
	if competing != nil {
		r.recorder.event(competing, corev1.EventTypeWarning, reasonStandingBy, fmt.Sprintf(
			"Deployment %s/%s serves the ingress class of net-gateways, which writes nothing while it runs: delete it to switch over", competing.Namespace, competing.Name))
		return nil
	}
	if err := r.ensureGateways(ctx, state); err != nil {
		return err
	}
	if err := r.recordAbsentLists(ctx, state); err != nil {
		return err
	}
	r.heart.Look(ctx)
	if err := r.recordGateways(ctx, state.Config); err != nil || r.pause == 0 {
		return err
	}
	return controller.NewRequeueAfter(r.pause)
}

// withoutGatewayAPI reports which CRD is needed, and for one that only looks old, what goes on.
func (r *Reconciler) withoutGatewayAPI(missing *gatewayapi.Missing) {
	message := missing.Error()
	if missing.Outdated {
		message += "; services that are Ready are still served, changes and new ones wait"
	} else {
		r.cluster.DropGatewayAPI()
	}
	r.recorder.event(r.configMap(), corev1.EventTypeWarning, conditions.ReasonGatewayAPIMissing, message)
}

// ensureGateways makes the plan and carries it out. It deletes nothing while the file is refused, because what is
// wanted is then not known.
func (r *Reconciler) ensureGateways(ctx context.Context, state config.State) error {
	current, err := cluster.List[gatewayv1.Gateway](ctx, r.cluster, cluster.AllGateways, system.Namespace())
	if err != nil {
		return err
	}
	routes, err := cluster.List[gatewayv1.HTTPRoute](ctx, r.cluster, cluster.OurRoutes, "")
	if err != nil {
		return err
	}
	classes, err := cluster.List[gatewayv1.GatewayClass](ctx, r.cluster, cluster.AllGatewayClasses, "")
	if err != nil {
		return err
	}
	without, err := r.cluster.NoListenerSets(ctx)
	if err != nil {
		return err
	}
	todo := plan(state.Config, observed{
		current: current, classes: classes, listenerSets: without == "",
		used: func(gateway types.NamespacedName) bool { return anyAttached(routes, gateway) },
	})
	r.pause = 0
	errs := []error{}
	for _, gateway := range todo.create {
		err := r.write(gateway, current, func() error {
			_, err := r.client.GatewayV1().Gateways(gateway.Namespace).Create(ctx, gateway, metav1.CreateOptions{FieldManager: apply.FieldManager})
			return err
		})
		if !apierrors.IsAlreadyExists(err) { // the watch will show whose it is
			errs = append(errs, err)
		}
	}
	for _, gateway := range todo.update {
		errs = append(errs, r.write(gateway, current, func() error { return r.update(ctx, gateway) }))
	}
	if state.Problem == nil && state.Observed {
		for _, gateway := range todo.remove {
			err := r.client.GatewayV1().Gateways(gateway.Namespace).Delete(ctx, gateway.Name, metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &gateway.UID}})
			if !apierrors.IsNotFound(err) {
				errs = append(errs, err)
			}
		}
	}
	r.waitsForRoutes.Store(len(todo.busy) > 0)
	for _, gateway := range todo.busy {
		r.recorder.event(gateway, corev1.EventTypeNormal, reasonGatewayWanted, fmt.Sprintf(
			"Gateway %s has no entry in ConfigMap %s any more; it still serves, and is deleted when no HTTPRoute uses it", apply.NameOf(gateway), config.Name))
	}
	for _, entry := range todo.foreign {
		r.recorder.event(r.configMap(), corev1.EventTypeWarning, conditions.ReasonNotOwned, fmt.Sprintf(
			"Gateway %s, which the controller would create for %s, exists and belongs to another owner: set `gateway` of the entry, or delete the Gateway", entry.Gateway, entry))
	}
	return errors.Join(errs...)
}

func (r *Reconciler) update(ctx context.Context, gateway *gatewayv1.Gateway) error {
	body, err := apply.Configuration("", gateway)
	if err != nil {
		return err
	}
	force := true
	_, err = r.client.GatewayV1().Gateways(gateway.Namespace).Patch(ctx, gateway.Name, types.ApplyPatchType, body,
		metav1.PatchOptions{FieldManager: apply.FieldManager, Force: &force})
	return err
}

func anyAttached(routes []*gatewayv1.HTTPRoute, gateway types.NamespacedName) bool {
	return slices.ContainsFunc(routes, func(route *gatewayv1.HTTPRoute) bool {
		return slices.ContainsFunc(route.Spec.ParentRefs, func(parent gatewayv1.ParentReference) bool {
			return dataplane.GatewayBehind(parent, route.Namespace, nil) == gateway
		})
	})
}

// configMap is the object of Events, with its UID, without which kubectl describe does not show them.
func (r *Reconciler) configMap() *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: system.Namespace(), Name: config.Name, UID: r.config.Load().UID}}
}
