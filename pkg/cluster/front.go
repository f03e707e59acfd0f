// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// IsFront tells whether observe.ServiceOf would find a Service for a Gateway, were it as it is given, among
// those that informers show now. It waits for nothing.
func (c Cluster) IsFront(owner dataplane.Owner, service *corev1.Service) bool {
	others := slices.DeleteFunc(c.labelled(), func(other *corev1.Service) bool {
		return other.Namespace == service.Namespace && other.Name == service.Name
	})
	return dataplane.Discover(owner, append(others, service)) == service
}

// Front is the Service that observe.ServiceOf would find for a Gateway, among those that informers show now.
func (c Cluster) Front(owner dataplane.Owner) *corev1.Service {
	return dataplane.Discover(owner, c.labelled())
}

// ShownFront is a Service with a data plane's label as informers show it now; nil when none does.
func (c Cluster) ShownFront(name types.NamespacedName) *corev1.Service {
	for _, label := range DataPlaneLabels {
		if found := Shown[corev1.Service](c, watch.Scope{Kind: Services, Labels: label}, name); found != nil {
			return found
		}
	}
	return nil
}

func (c Cluster) labelled() []*corev1.Service {
	found := []*corev1.Service{}
	for _, label := range DataPlaneLabels {
		store, listed := c.Listed(watch.Scope{Kind: Services, Labels: label})
		if !listed {
			continue
		}
		for _, object := range store.List() {
			if service, ok := object.(*corev1.Service); ok {
				found = append(found, service)
			}
		}
	}
	return found
}
