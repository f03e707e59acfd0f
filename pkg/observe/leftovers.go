// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"maps"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/rollout"
)

// Leftovers reads the objects that the controller has written for a KIngress which has another class now:
// its HTTPRoutes, ListenerSets and ReferenceGrants, and the Gateways with its listeners.
func Leftovers(reader Reader, ing *v1alpha1.Ingress) (*Observation, error) {
	found := &Observation{Relations: Relations{Subject: Subject{Ingress: ing}}}
	if err := found.readRoutes(reader); err != nil {
		return nil, err
	}
	maps.DeleteFunc(found.Routes, func(_ string, route *gatewayv1.HTTPRoute) bool {
		return route.Annotations[rollout.Annotation] == "" // written by the plugin of another class
	})
	for _, read := range []func(Reader) error{found.readListenerSets, found.readGateways, found.readGrants} {
		if err := read(reader); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(found.ListenerSets, func(_ string, set *gatewayv1.ListenerSet) bool { return !Owns(ing, set) })
	return found, nil
}

// LeftoverListeners reads only the Gateways with listeners of a KIngress.
func LeftoverListeners(reader Reader, ing *v1alpha1.Ingress) (*Observation, error) {
	found := &Observation{Relations: Relations{Subject: Subject{Ingress: ing}}}
	return found, found.readGateways(reader)
}

// WithPolicies adds the policies of the KIngress's backends, and of those that its routes reach over TLS.
func (o *Observation) WithPolicies(reader Reader) (*Observation, error) {
	found := o.Clone()
	if err := found.readServices(reader); err != nil {
		return nil, err
	}
	for _, route := range found.Routes {
		if err := found.addServices(reader, OverTLS(route)); err != nil {
			return nil, err
		}
	}
	_, err := found.readPolicies(reader)
	return found, err
}

// OverTLS are the Services that a route reaches over TLS.
func OverTLS(route *gatewayv1.HTTPRoute) sets.Set[types.NamespacedName] {
	found := sets.New[types.NamespacedName]()
	for _, rule := range route.Spec.Rules {
		for _, ref := range rule.BackendRefs {
			if ref.Port != nil && *ref.Port == networking.ServiceHTTPSPort {
				name := types.NamespacedName{Namespace: route.Namespace, Name: string(ref.Name)}
				if ref.Namespace != nil {
					name.Namespace = string(*ref.Namespace)
				}
				found.Insert(name)
			}
		}
	}
	return found
}
