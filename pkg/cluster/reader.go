// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Reader reads from a Cluster until its context ends. It is the part of an observe.Reader for which the controller need
// not remember what it has written.
type Reader struct {
	cluster Cluster
	ctx     context.Context
}

// Reader returns one that reads until the context ends.
func (c Cluster) Reader(ctx context.Context) Reader { return Reader{cluster: c, ctx: ctx} }

// Backend implements observe.Reader.
func (r Reader) Backend(name types.NamespacedName) (*corev1.Service, error) {
	return Get[corev1.Service](r.ctx, r.cluster, BackendServices(name.Namespace), name)
}

// Service implements observe.DataPlane.
func (r Reader) Service(name types.NamespacedName) (*corev1.Service, error) {
	return Get[corev1.Service](r.ctx, r.cluster, watch.Named(Services, name.Namespace, name.Name), name)
}

// Claiming implements observe.DataPlane.
func (r Reader) Claiming(gateway *gatewayv1.Gateway) ([]*corev1.Service, error) {
	candidates := []*corev1.Service{}
	for _, label := range dataplane.Selectors {
		labelled, err := List[corev1.Service](r.ctx, r.cluster, watch.Scope{Kind: Services, Labels: label}, "")
		if err != nil {
			return nil, err
		}
		candidates = append(candidates, labelled...)
	}
	return slices.DeleteFunc(candidates, func(service *corev1.Service) bool { return !dataplane.Claims(service, gateway) }), nil
}

// EndpointSlices implements observe.DataPlane. Kubernetes copies the labels of a Service to its slices.
func (r Reader) EndpointSlices(service *corev1.Service, labelled bool) ([]*discoveryv1.EndpointSlice, error) {
	if !labelled {
		return List[discoveryv1.EndpointSlice](r.ctx, r.cluster, SlicesOf(apply.NameOf(service)), "")
	}
	label := slices.IndexFunc(dataplane.Selectors, func(label string) bool { _, has := service.Labels[label]; return has })
	return List[discoveryv1.EndpointSlice](r.ctx, r.cluster, watch.Scope{Kind: EndpointSlices, Labels: dataplane.Selectors[max(label, 0)]}, service.Namespace)
}

// Trust implements observe.Reader.
func (r Reader) Trust() (input.Trust, error) { return r.cluster.Trust(r.ctx) }

// Proposals implements observe.Reader.
func (r Reader) Proposals(visibility v1alpha1.IngressVisibility) (config.Proposals, error) {
	return r.cluster.Proposals(r.ctx, visibility)
}
