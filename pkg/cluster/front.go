// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// IsFront tells whether observe.ServiceOf would find this state of a Service for a Gateway, beside the other Services that
// informers show now. It does not wait.
func (c Cluster) IsFront(owner dataplane.Owner, service *corev1.Service) bool {
	others := slices.DeleteFunc(c.labelled(), func(other *corev1.Service) bool {
		return apply.NameOf(other) == apply.NameOf(service)
	})
	return dataplane.Discover(owner, append(others, service)) == service
}

// Front returns the Service that observe.ServiceOf would find for a Gateway among those that informers show now. It does
// not wait.
func (c Cluster) Front(owner dataplane.Owner) *corev1.Service {
	return dataplane.Discover(owner, c.labelled())
}

// ShownFront returns a Service with a data plane's label by its name; nil when no informer shows it now.
func (c Cluster) ShownFront(name types.NamespacedName) *corev1.Service {
	for _, label := range dataplane.Selectors {
		if found := Shown[corev1.Service](c, watch.Scope{Kind: Services, Labels: label}, name); found != nil {
			return found
		}
	}
	return nil
}

// labelled are the Services with a data plane's label that informers show now; one with both labels is in it twice.
func (c Cluster) labelled() []*corev1.Service {
	found := []*corev1.Service{}
	for _, label := range dataplane.Selectors {
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
