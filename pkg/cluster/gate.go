// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/version"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// requiredCRDs are the kinds without which nothing can be served, in the order in
// which a user would miss them.
var requiredCRDs = []string{
	"gatewayclasses.gateway.networking.k8s.io",
	"gateways.gateway.networking.k8s.io",
	"httproutes.gateway.networking.k8s.io",
}

// minimumGatewayAPI is the first release whose standard channel has every field that
// we write (HTTPRoute timeouts came last). An older API server would drop the field
// and we would write it again for ever.
var minimumGatewayAPI = version.MustParseGeneric("v1.2.0")

// development is what the Gateway API writes into CRDs between releases.
var development = version.MustParseGeneric("v0.0.0")

const bundleVersionAnnotation = "gateway.networking.k8s.io/bundle-version"

// gatewayAPIMissing says which CRD is needed (SPEC B-INS-7).
type gatewayAPIMissing struct{ detail string }

func (e *gatewayAPIMissing) Error() string { return e.detail }
func (*gatewayAPIMissing) Reason() string  { return status.ReasonGatewayAPIMissing }
func (*gatewayAPIMissing) Terminal() bool  { return true }

// Missing tells which CRD keeps us from working, or nil.
func (c Cluster) Missing(ctx context.Context) (status.Reasoned, error) {
	for _, name := range requiredCRDs {
		why, err := c.notServed(ctx, name, minimumGatewayAPI)
		if err != nil {
			return nil, err
		}
		if why != "" {
			return &gatewayAPIMissing{why}, nil
		}
	}
	return nil, nil
}

// notServed says why a CRD, or a version of it, is not there; or nothing.
func (c Cluster) notServed(ctx context.Context, name string, minimum *version.Version) (string, error) {
	crd, err := Get[metav1.PartialObjectMetadata](ctx, c, watch.Named(CRDs, "", name), types.NamespacedName{Name: name})
	if err != nil {
		return "", err
	}
	if crd == nil {
		return fmt.Sprintf("CustomResourceDefinition %s does not exist: install the Gateway API, %s or newer", name, "v"+minimum.String()), nil
	}
	bundle := crd.Annotations[bundleVersionAnnotation]
	installed, err := version.ParseGeneric(bundle)
	if err == nil && !installed.EqualTo(development) && installed.LessThan(minimum) {
		return fmt.Sprintf("CustomResourceDefinition %s is of Gateway API %s: install %s or newer", name, bundle, "v"+minimum.String()), nil
	}
	return "", nil
}

// HasGateways tells whether there can be Gateways at all, of whatever version.
func (c Cluster) HasGateways(ctx context.Context) (bool, error) {
	name := "gateways.gateway.networking.k8s.io"
	crd, err := Get[metav1.PartialObjectMetadata](ctx, c, watch.Named(CRDs, "", name), types.NamespacedName{Name: name})
	return crd != nil, err
}

// Kinds that are optional, with the releases whose standard channels have them as v1.
// Without ListenerSets listeners are added to the Gateways, without
// BackendTLSPolicies a KIngress that asks for TLS to its backends is not served.
const (
	listenerSetCRD      = "listenersets.gateway.networking.k8s.io"
	backendTLSPolicyCRD = "backendtlspolicies.gateway.networking.k8s.io"
)

var (
	listenerSetsSince       = version.MustParseGeneric("v1.5.0")
	backendTLSPoliciesSince = version.MustParseGeneric("v1.4.0")
)

// NoListenerSets says why ListenerSets cannot be read or written, or nothing. Their watch
// begins once the kind is served, and ends when it is not any more.
func (c Cluster) NoListenerSets(ctx context.Context) (string, error) {
	return c.unserved(ctx, ListenerSets, listenerSetCRD, listenerSetsSince)
}

// NoBackendTLSPolicies is NoListenerSets for BackendTLSPolicies.
func (c Cluster) NoBackendTLSPolicies(ctx context.Context) (string, error) {
	return c.unserved(ctx, BackendTLSPolicies, backendTLSPolicyCRD, backendTLSPoliciesSince)
}

func (c Cluster) unserved(ctx context.Context, kind watch.Kind, crd string, since *version.Version) (string, error) {
	why, err := c.notServed(ctx, crd, since)
	if err == nil && why != "" {
		c.Retain(func(scope watch.Scope) bool { return scope.Kind != kind })
	}
	return why, err
}

// DropGatewayAPI ends the watches of kinds that are not served any more. Kept, they
// would go on to show what was there, and come back late.
func (c Cluster) DropGatewayAPI() {
	c.Retain(func(scope watch.Scope) bool {
		return !slices.Contains([]watch.Kind{HTTPRoutes, ListenerSets, ReferenceGrants, BackendTLSPolicies, Gateways, GatewayClasses}, scope.Kind)
	})
}

// singleGatewayPlugin is the Deployment of the plugin that ours replaces. Both serve
// one ingress class; two controllers would overwrite each other without end.
const singleGatewayPlugin = "net-gateway-api-controller"

func singleGatewayPluginScope() watch.Scope {
	return watch.Named(Deployments, system.Namespace(), singleGatewayPlugin)
}

// RivalController finds the single-gateway plugin's Deployment while it is meant to
// run (SPEC B-INS-8); nil when it does not.
func (c Cluster) RivalController(ctx context.Context) (*appsv1.Deployment, error) {
	found, err := Get[appsv1.Deployment](ctx, c, singleGatewayPluginScope(), types.NamespacedName{Namespace: system.Namespace(), Name: singleGatewayPlugin})
	if err != nil || found == nil {
		return nil, err
	}
	if found.Spec.Replicas != nil && *found.Spec.Replicas == 0 && found.Status.Replicas == 0 {
		return nil, nil
	}
	return found, nil
}
