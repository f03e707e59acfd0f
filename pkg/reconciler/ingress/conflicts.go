// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// conflicts has the objects of other owners for whose deletion KIngresses wait. The controller's
// informers select by label and do not show such an object, so the controller watches each by name
// while a KIngress waits for it.
type conflicts struct {
	mu      sync.Mutex
	objects map[prober.Owner]sets.Set[types.NamespacedName] // key: KIngress
}

func newConflicts() *conflicts {
	return &conflicts{objects: map[prober.Owner]sets.Set[types.NamespacedName]{}}
}

// setWaiting replaces the objects that a KIngress waits for.
func (c *conflicts) setWaiting(ingress prober.Owner, refusals []*apply.Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.objects, ingress)
	for _, refusal := range refusals {
		if refusal.Code == conditions.ReasonNotOwned {
			if c.objects[ingress] == nil {
				c.objects[ingress] = sets.New[types.NamespacedName]()
			}
			c.objects[ingress].Insert(refusal.Object)
		}
	}
}

// waiting lists the KIngresses that wait for an object.
func (c *conflicts) waiting(object types.NamespacedName) []types.NamespacedName {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := []types.NamespacedName{}
	for ingress, objects := range c.objects {
		if objects.Has(object) {
			found = append(found, ingress.Name)
		}
	}
	return found
}

// scopes are the watches of the objects that KIngresses wait for.
func (c *conflicts) scopes() sets.Set[watch.Scope] {
	c.mu.Lock()
	defer c.mu.Unlock()
	scopes := sets.New[watch.Scope]()
	for _, objects := range c.objects {
		for object := range objects {
			scopes.Insert(watch.Named(cluster.HTTPRoutes, object.Namespace, object.Name))
		}
	}
	return scopes
}
