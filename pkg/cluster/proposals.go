// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/system"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// atGateway is the index of HTTPRoutes by visibility and Gateway. The controller reads its values alone: there are few,
// however many HTTPRoutes there are.
const atGateway = "gateway"

// byGateway adds the index to the informers of HTTPRoutes, and those by host, by frontend and by backing.
func byGateway(routes watch.Factory) watch.Factory {
	return func(namespace string, tweak func(*metav1.ListOptions)) cache.SharedIndexInformer {
		informer := routes(namespace, tweak)
		// An informer refuses indexers only when it runs, or has an index of the same name.
		_ = informer.AddIndexers(cache.Indexers{atGateway: gatewaysOf, atHost: hostsOf, atFrontend: frontendsOf, atBacking: backingsOf})
		return informer
	}
}

func gatewaysOf(object any) ([]string, error) {
	route, ok := object.(*gatewayv1.HTTPRoute)
	if !ok {
		return nil, nil
	}
	visibility, known := names.VisibilityOf(route)
	if !known {
		return nil, nil
	}
	values := []string{}
	for _, parent := range route.Spec.ParentRefs {
		if gateway := dataplane.GatewayBehind(parent, route.Namespace, nil); gateway.Name != "" {
			values = append(values, string(visibility)+" "+gateway.String())
		}
	}
	return values, nil
}

// AttachedGateways are the Gateways that the controller's HTTPRoutes of a visibility are attached to, sorted.
func (c Cluster) AttachedGateways(ctx context.Context, visibility v1alpha1.IngressVisibility) ([]types.NamespacedName, error) {
	store, err := c.Ensure(ctx, OurRoutes)
	if err != nil {
		return nil, err
	}
	values, found := store.ListIndexFuncValues(atGateway), []types.NamespacedName{}
	slices.Sort(values)
	for _, value := range values {
		if name, ours := strings.CutPrefix(value, string(visibility)+" "); ours {
			namespace, name, _ := strings.Cut(name, "/")
			found = append(found, types.NamespacedName{Namespace: namespace, Name: name})
		}
	}
	return found, nil
}

// Proposals are what an operator may want to write for a visibility of which config-gateway says nothing: the
// Gateways that its HTTPRoutes are attached to, else a Gateway of the one class that is accepted, if there is just one.
func (c Cluster) Proposals(ctx context.Context, visibility v1alpha1.IngressVisibility) (config.Proposals, error) {
	attached, err := c.AttachedGateways(ctx, visibility)
	if err != nil {
		return config.Proposals{}, err
	}
	proposals := config.Proposals{}
	for _, name := range attached {
		gateway, err := Get[gatewayv1.Gateway](ctx, c, AllGateways, name)
		if err != nil {
			return config.Proposals{}, err
		}
		if gateway != nil {
			proposals.Entries = append(proposals.Entries, proposal(visibility, gateway))
		}
	}
	if len(proposals.Entries) > 0 {
		return proposals, nil
	}
	classes, err := List[gatewayv1.GatewayClass](ctx, c, AllGatewayClasses, "")
	for _, class := range classes {
		if meta.IsStatusConditionTrue(class.Status.Conditions, string(gatewayv1.GatewayClassConditionStatusAccepted)) {
			proposals.Classes = append(proposals.Classes, class.Name)
		}
	}
	slices.Sort(proposals.Classes)
	if len(proposals.Classes) == 1 {
		proposals.Entries = []config.Proposal{{Class: proposals.Classes[0]}}
	}
	return proposals, err
}

// proposal names a Gateway, unless it is the one that the controller made of the class.
func proposal(visibility v1alpha1.IngressVisibility, gateway *gatewayv1.Gateway) config.Proposal {
	proposed := config.Proposal{Class: string(gateway.Spec.GatewayClassName)}
	if gateway.Namespace != system.Namespace() || gateway.Name != config.ManagedGatewayName(visibility, proposed.Class) {
		proposed.Gateway = apply.NameOf(gateway)
	}
	return proposed
}
