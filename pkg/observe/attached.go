// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// readAttached reads the HTTPRoutes of users whose parent is the owner of the KIngress, and the KIngresses of
// the Knative Services to which they lead.
func (r *Relations) readAttached(reader Reader) error {
	frontend, is := attached.FrontendOf(r.Ingress)
	if !is {
		return nil
	}
	found, err := reader.Attached(frontend)
	if err != nil || len(found) == 0 {
		return err
	}
	r.Attached, r.Backing = attached.SortedSources(found), map[string]*v1alpha1.Ingress{}
	for name := range r.backingNames() {
		candidates, err := reader.IngressesAt(attached.LocalHost(r.Ingress.Namespace, name))
		if err != nil {
			return err
		}
		for _, candidate := range candidates {
			known := r.Backing[name]
			if candidate.Namespace == r.Ingress.Namespace && candidate.DeletionTimestamp == nil && (known == nil || Older(candidate, known)) {
				r.Backing[name] = candidate
			}
		}
	}
	return nil
}

// backingNames are the names of the Services to which the attached routes of the namespace lead.
func (r *Relations) backingNames() sets.Set[string] {
	found := sets.New[string]()
	for _, route := range r.Attached {
		if route.Namespace == r.Ingress.Namespace {
			found.Insert(attached.Backings(route)...)
		}
	}
	return found
}

// attachedBackends are the Services to which the attached routes lead, with those of their Knative Services.
func (r *Relations) attachedBackends() sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for name := range r.backingNames() {
		if backing := r.Backing[name]; backing != nil {
			found = found.Union(BackendsOf(backing))
		} else {
			found.Insert(types.NamespacedName{Namespace: r.Ingress.Namespace, Name: name})
		}
	}
	return found
}

// attachedNow are the attached routes that are to be served: not those that have another parent by now, that
// are being deleted, or any while config-gateway switches this off.
func (o *Observation) attachedNow() []*gatewayv1.HTTPRoute {
	frontend, is := attached.FrontendOf(o.Ingress)
	if !is || o.State.Config.NoPaths {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.Attached), func(route *gatewayv1.HTTPRoute) bool {
		return route.DeletionTimestamp != nil || len(attached.RefsTo(route, frontend)) == 0
	})
}
