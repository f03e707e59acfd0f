// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/gatewayapi"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Missing returns the CRD without which the controller cannot work, or nil.
func (c Cluster) Missing(ctx context.Context) (*gatewayapi.Missing, error) {
	return gatewayapi.FirstMissing(func(crd gatewayapi.CRD) (*gatewayapi.Missing, error) { return c.missing(ctx, crd) })
}

// missing says that a CRD does not exist, or looks too old; nil when it does neither.
func (c Cluster) missing(ctx context.Context, crd gatewayapi.CRD) (*gatewayapi.Missing, error) {
	stored, err := c.crd(ctx, crd)
	switch {
	case err != nil:
		return nil, err
	case stored == nil:
		return crd.Absent(), nil
	}
	return crd.Outdated(stored), nil
}

func (c Cluster) crd(ctx context.Context, crd gatewayapi.CRD) (*metav1.PartialObjectMetadata, error) {
	return Get[metav1.PartialObjectMetadata](ctx, c, watch.Named(CRDs, "", crd.Name()), types.NamespacedName{Name: crd.Name()})
}

// NamesRules is gatewayapi.NamesRules; false as well if the CRD cannot be read.
func (c Cluster) NamesRules(ctx context.Context) bool {
	stored, err := c.crd(ctx, gatewayapi.HTTPRoutes)
	return err == nil && stored != nil && gatewayapi.NamesRules(stored)
}

// HasGateways tells whether the CRD of Gateways exists, of whatever release.
func (c Cluster) HasGateways(ctx context.Context) (bool, error) {
	stored, err := c.crd(ctx, gatewayapi.Gateways)
	return stored != nil, err
}

// NoListenerSets says why ListenerSets cannot be read or written; it is empty when they can. If the CRD does not
// exist, it ends their watch.
func (c Cluster) NoListenerSets(ctx context.Context) (string, error) {
	return c.unserved(ctx, OurListenerSets, gatewayapi.ListenerSets)
}

// NoBackendTLSPolicies is NoListenerSets for BackendTLSPolicies.
func (c Cluster) NoBackendTLSPolicies(ctx context.Context) (string, error) {
	return c.unserved(ctx, OurPolicies, gatewayapi.BackendTLSPolicies)
}

// unserved says why a kind cannot be used. Where its CRD looks too old, the API server's answer to a list decides: it
// serves the kind if the annotation alone is wrong.
func (c Cluster) unserved(ctx context.Context, scope watch.Scope, crd gatewayapi.CRD) (string, error) {
	missing, err := c.missing(ctx, crd)
	switch {
	case err != nil || missing == nil:
		return "", err
	case missing.Outdated:
		_, err := c.Ensure(ctx, scope)
		if apierrors.IsNotFound(err) {
			return missing.Detail, nil
		}
		return "", err
	}
	c.Drop(func(known watch.Scope) bool { return known.Kind == scope.Kind })
	return missing.Detail, nil
}

// DropGatewayAPI ends the watches of the kinds of the Gateway API, which are not served any more. Informers that ran on
// would show deleted objects, and would notice late that the kinds are served again.
func (c Cluster) DropGatewayAPI() {
	c.Drop(func(scope watch.Scope) bool {
		return slices.Contains([]watch.Kind{HTTPRoutes, OthersRoutes, ListenerSets, ReferenceGrants, BackendTLSPolicies, Gateways, GatewayClasses}, scope.Kind)
	})
}

// singleGatewayPlugin is the Deployment of the plugin that this one replaces. Both serve
// the same ingress class; two controllers would overwrite each other's objects endlessly.
const singleGatewayPlugin = "net-gateway-api-controller"

func singleGatewayPluginScope() watch.Scope {
	return watch.Named(Deployments, system.Namespace(), singleGatewayPlugin)
}

// CompetingController returns the single-gateway plugin's Deployment while it wants or has a pod
// (SPEC B-INS-8); nil otherwise.
func (c Cluster) CompetingController(ctx context.Context) (*appsv1.Deployment, error) {
	found, err := Get[appsv1.Deployment](ctx, c, singleGatewayPluginScope(), types.NamespacedName{Namespace: system.Namespace(), Name: singleGatewayPlugin})
	if err != nil || found == nil {
		return nil, err
	}
	if found.Spec.Replicas != nil && *found.Spec.Replicas == 0 && found.Status.Replicas == 0 {
		return nil, nil
	}
	return found, nil
}
