// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// publishedAt is the load balancer of a visibility that stands in the status of a KIngress.
func publishedAt(ing *v1alpha1.Ingress, visibility v1alpha1.IngressVisibility) []v1alpha1.LoadBalancerIngressStatus {
	published := ing.Status.PublicLoadBalancer
	if visibility == v1alpha1.IngressVisibilityClusterLocal {
		published = ing.Status.PrivateLoadBalancer
	}
	if published == nil {
		return nil
	}
	return published.Ingress
}

// publishedBy are the Services whose names a KIngress publishes.
func publishedBy(ing *v1alpha1.Ingress) sets.Set[string] {
	names := sets.New[string]()
	for _, visibility := range config.Visibilities {
		if name := dataplane.ServiceOf(publishedAt(ing, visibility)); name.Name != "" {
			names.Insert(name.String())
		}
	}
	return names
}

// gatherDataPlane finds what stands in front of the Gateway's pods. The Service whose name is
// published is looked for by that name where it is not found otherwise.
func (r *Reconciler) gatherDataPlane(ctx context.Context, side *observedSide, published []v1alpha1.LoadBalancerIngressStatus) error {
	if side.gateway == nil {
		return nil
	}
	name, err := dataplane.ServiceOf(published), error(nil)
	owner := dataplane.Owner{Gateway: side.gateway, Published: name}
	if side.class != nil {
		owner.Controller = side.class.Spec.ControllerName
	}
	if side.service, side.slices, err = r.cluster.DataPlane(ctx, side.entry, owner); err != nil {
		return err
	}
	side.published = dataplane.Published{Address: published, Named: side.entry.Service.Name != ""}
	if name.Name == "" {
		return nil
	}
	standing := side.service
	if standing == nil || standing.Name != name.Name || standing.Namespace != name.Namespace {
		if standing, err = r.cluster.Service(ctx, name); err != nil {
			return err
		}
	}
	side.published.Exists = standing != nil
	side.absent = r.absences.note(name, standing == nil, r.clock.Now())
	return nil
}

// withoutService says that the Service does not exist which the entry names, and what is used
// instead; empty where it does.
func (s observedSide) withoutService() string {
	named := s.entry.Service
	switch {
	case named.Name == "" || s.gateway == nil || s.service != nil && s.service.Name == named.Name && s.service.Namespace == named.Namespace:
		return ""
	case s.service != nil:
		return fmt.Sprintf("Service %s, which %s names, does not exist; using Service %s/%s, whose name is published", named, s.entry, s.service.Namespace, s.service.Name)
	}
	return fmt.Sprintf("Service %s, which %s names, does not exist; using what Gateway %s publishes", named, s.entry, s.entry.Gateway)
}

// publish decides what address a side publishes, and what it publishes once that has answered. A
// Service that is away for a moment does not turn its name into an address.
func (seen *observed) publish(side *status.Side) {
	observed := seen.sides[side.Visibility]
	if observed.gateway == nil {
		return
	}
	proofs := status.ProofsOf(seen.ingress.Status)
	published, proven := observed.published, proofs.Of(side.Visibility, seen.ingress.Generation, side.Version)
	if side.Needed {
		published.Here = proven || proofs[side.Visibility].Gateway == side.Entry.Gateway.String()
	} else {
		published.Here = status.IsSettled(seen.ingress.Status, seen.ingress.Generation)
	}
	side.LoadBalancer, side.Next = published.Next(observed.gateway, observed.service)
	switch {
	case len(side.Next) == 0:
	case side.Next[0].DomainInternal == "" && observed.absent < status.PatienceWhenReady:
		side.Next = nil
	case !proven: // it will be by what answers there
		side.LoadBalancer, side.Next = side.Next, nil
	}
}

// absences remembers since when published Services have not existed. It is a cache: a new leader
// gives them their time anew.
type absences struct {
	mu    sync.Mutex
	since map[types.NamespacedName]time.Time
}

func newAbsences() *absences {
	return &absences{since: map[types.NamespacedName]time.Time{}}
}

// note tells for how long a Service has been absent; 0 if it is not.
func (a *absences) note(service types.NamespacedName, absent bool, now time.Time) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !absent {
		delete(a.since, service)
		return 0
	}
	if _, known := a.since[service]; !known {
		a.since[service] = now
	}
	return max(now.Sub(a.since[service]), time.Nanosecond)
}
