// SPDX-License-Identifier: Apache-2.0

package apply

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// hostsOf are what an object serves: what goes from one object may come to another one of its
// kind, and is then to be there first. Other kinds have none.
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

// parted separates what takes no host off an object from what does, for that is to be done
// after it.
func parted[T Object](updates []Update[T]) (add, take []Update[T]) {
	for _, update := range updates {
		if update.taken().Len() > 0 {
			take = append(take, update)
		} else {
			add = append(add, update)
		}
	}
	return add, take
}

// sparing leaves out what would take hosts off objects that another one, which could not be
// written, was to serve from now on.
func sparing[T any](list []T, hosts sets.Set[gatewayv1.Hostname], takes func(T) sets.Set[gatewayv1.Hostname]) []T {
	spared := make([]T, 0, len(list))
	for _, item := range list {
		if takes(item).Intersection(hosts).Len() == 0 {
			spared = append(spared, item)
		}
	}
	return spared
}

// taken are the hosts that an update takes off its object.
func (u Update[T]) taken() sets.Set[gatewayv1.Hostname] {
	return hostsOf(u.Current).Difference(hostsOf(u.Desired))
}
