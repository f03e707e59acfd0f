// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// DataPlane is the Service of a Gateway and the slices of its pods. Where the one that the entry
// names does not exist, none is looked for but the one that is published already.
func (c Cluster) DataPlane(ctx context.Context, entry config.Entry, owner dataplane.Owner) (*corev1.Service, []*discoveryv1.EndpointSlice, error) {
	named := entry.Service.Name != ""
	if named {
		service, err := c.Service(ctx, entry.Service)
		if err != nil {
			return nil, nil, err
		}
		if service != nil {
			slices, err := List[discoveryv1.EndpointSlice](ctx, c, SlicesOf(entry.Service), "")
			return service, slices, err
		}
	}
	candidates := []*corev1.Service{}
	for _, label := range DataPlaneLabels {
		labelled, err := List[corev1.Service](ctx, c, watch.Scope{Kind: Services, Labels: label}, "")
		if err != nil {
			return nil, nil, err
		}
		candidates = append(candidates, labelled...)
	}
	service := dataplane.Discover(owner, candidates)
	if service == nil || named && (types.NamespacedName{Namespace: service.Namespace, Name: service.Name}) != owner.Published {
		return nil, nil, nil
	}
	label := DataPlaneLabels[0]
	if _, has := service.Labels[label]; !has {
		label = DataPlaneLabels[1]
	}
	slices, err := List[discoveryv1.EndpointSlice](ctx, c, watch.Scope{Kind: EndpointSlices, Labels: label}, service.Namespace)
	return service, slices, err
}

// Service is that of a name, whatever its labels; nil when it does not exist.
func (c Cluster) Service(ctx context.Context, name types.NamespacedName) (*corev1.Service, error) {
	return Get[corev1.Service](ctx, c, watch.Named(Services, name.Namespace, name.Name), name)
}
