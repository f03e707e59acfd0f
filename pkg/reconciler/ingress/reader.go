// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// informers is the observe.Reader of one reconcile: it reads what informers show, and recent writes that
// they do not show yet.
type informers struct {
	cluster.Reader
	r   *Reconciler
	ctx context.Context
	// unseen is after how long to reconcile again because informers do not show a write yet; 0 if they do.
	unseen time.Duration
}

var _ observe.Reader = (*informers)(nil)

func (r *Reconciler) reader(ctx context.Context) *informers {
	return &informers{Reader: r.cluster.Reader(ctx), r: r, ctx: ctx}
}

func (i *informers) Namespace(name string) (*corev1.Namespace, error) {
	found, err := i.r.namespaces.Get(name)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

func (i *informers) IngressesAt(host string) ([]*v1alpha1.Ingress, error) {
	return i.r.ingressesBy(byHost, host)
}

func (i *informers) IngressesWith(secret types.NamespacedName) ([]*v1alpha1.Ingress, error) {
	return i.r.ingressesBy(bySecret, secret.String())
}

func (i *informers) Attached(frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error) {
	found, err := i.r.cluster.Attached(i.ctx, frontend)
	for n, route := range found {
		found[n] = i.r.usersRoutes.Newest(route)
	}
	return found, err
}

func (i *informers) Routes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
	return i.r.routes.controlledBy(i, ing)
}

func (i *informers) Grants(ing *v1alpha1.Ingress) ([]*gatewayv1beta1.ReferenceGrant, error) {
	return i.r.grants.controlledBy(i, ing)
}

func (i *informers) Policies(services []*corev1.Service) ([]*gatewayv1.BackendTLSPolicy, error) {
	without, err := i.r.cluster.NoBackendTLSPolicies(i.ctx)
	if err != nil || without != "" {
		return nil, notServed(without, err)
	}
	all := []*gatewayv1.BackendTLSPolicy{}
	for _, service := range services {
		found, err := i.r.policies.controlledBy(i, service)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (i *informers) ListenerSets(ing *v1alpha1.Ingress) ([]*gatewayv1.ListenerSet, error) {
	without, err := i.r.cluster.NoListenerSets(i.ctx)
	if err != nil || without != "" {
		return nil, notServed(without, err)
	}
	concerns := func(set *gatewayv1.ListenerSet) bool {
		return observe.Owns(ing, set) || apply.IsShared(set) && observe.Concerns(ing, set)
	}
	return i.r.listenerSets.read(i, concerns, cluster.ControlledBy(ing), cluster.SharedIn(ing.Namespace))
}

func (i *informers) StoredTrust(namespace string) (*corev1.ConfigMap, error) {
	return i.r.storedTrust(i.ctx, namespace)
}

func (i *informers) Gateway(name types.NamespacedName) (*gatewayv1.Gateway, error) {
	found, err := cluster.Get[gatewayv1.Gateway](i.ctx, i.r.cluster, cluster.AllGateways, name)
	if found == nil || err != nil {
		return nil, err
	}
	return i.r.gateways.Newest(found), nil
}

func (i *informers) GatewaysOf(ing *v1alpha1.Ingress) ([]*gatewayv1.Gateway, error) {
	all, err := cluster.List[gatewayv1.Gateway](i.ctx, i.r.cluster, cluster.AllGateways, "")
	for n, gateway := range all {
		all[n] = i.r.gateways.Newest(gateway)
	}
	return slices.DeleteFunc(all, func(gateway *gatewayv1.Gateway) bool { return dataplane.HeldListeners(gateway, ing.UID).Len() == 0 }), err
}

func (i *informers) GatewayClass(name string) (*gatewayv1.GatewayClass, error) {
	class, err := cluster.Get[gatewayv1.GatewayClass](i.ctx, i.r.cluster, cluster.AllGatewayClasses, types.NamespacedName{Name: name})
	if err != nil {
		return nil, err
	}
	return i.r.classes.believe(name, class), nil
}

func (i *informers) AbsentFor(service types.NamespacedName, exists bool) time.Duration {
	return i.r.absences.update(service, !exists, i.r.clock.Now())
}

// notServed is the error for a kind that the API server does not serve, or another error.
func notServed(why string, err error) error {
	if err != nil {
		return err
	}
	return &observe.NotServed{Detail: why}
}
