// SPDX-License-Identifier: Apache-2.0

package apply

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// hostsOf are the hosts that an object serves. A host that moves to another object of its kind must be added there
// before it is removed here.
func hostsOf(object metav1.Object) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	switch object := object.(type) {
	case *gatewayv1.HTTPRoute:
		hosts.Insert(object.Spec.Hostnames...)
	case *gatewayv1.ListenerSet:
		for _, listener := range object.Spec.Listeners {
			if listener.Hostname != nil {
				hosts.Insert(*listener.Hostname)
			}
		}
	}
	return hosts
}

// split separates updates that remove no host from those that do.
func split[T Object](updates []Update[T]) (adding, removing []Update[T]) {
	for _, update := range updates {
		if update.removedHosts().Len() > 0 {
			removing = append(removing, update)
		} else {
			adding = append(adding, update)
		}
	}
	return adding, removing
}

// skipHosts leaves out the changes that would remove one of these hosts.
func skipHosts[T any](list []T, hosts sets.Set[gatewayv1.Hostname], removed func(T) sets.Set[gatewayv1.Hostname]) []T {
	kept := make([]T, 0, len(list))
	for _, item := range list {
		if removed(item).Intersection(hosts).Len() == 0 {
			kept = append(kept, item)
		}
	}
	return kept
}

// removedHosts are the hosts that an update removes from its object.
func (u Update[T]) removedHosts() sets.Set[gatewayv1.Hostname] {
	return hostsOf(u.Current).Difference(hostsOf(u.Desired))
}
