// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/version"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// requiredCRDs are the kinds without which nothing can be served, in the order in
// which an operator installs objects of them.
var requiredCRDs = []string{
	"gatewayclasses.gateway.networking.k8s.io",
	"gateways.gateway.networking.k8s.io",
	"httproutes.gateway.networking.k8s.io",
}

// minimumGatewayAPI is the first release whose standard channel has every field that
// the controller writes (HTTPRoute timeouts came last). With older CRDs the API server drops
// the field, and the controller would write it again endlessly.
var minimumGatewayAPI = version.MustParseGeneric("v1.2.0")

// development is what the Gateway API writes into CRDs between releases.
var development = version.MustParseGeneric("v0.0.0")

const bundleVersionAnnotation = "gateway.networking.k8s.io/bundle-version"

// MissingCRD says which CRD is needed (SPEC B-INS-7).
type MissingCRD struct {
	conditions.Refusal
	// Outdated tells that the CRD exists, and that its annotation names too old a release. The annotation
	// says which file was applied, not what the API server serves: what is served stays (SPEC B-INS-9).
	Outdated bool
}

func missingCRD(format string, values ...any) *MissingCRD {
	return &MissingCRD{Refusal: conditions.Refusal{Code: conditions.ReasonGatewayAPIMissing, Detail: fmt.Sprintf(format, values...)}}
}

// Missing returns the CRD without which the controller cannot work, or nil. One that does not exist comes before
// one that looks old.
func (c Cluster) Missing(ctx context.Context) (*MissingCRD, error) {
	outdated := (*MissingCRD)(nil)
	for _, name := range requiredCRDs {
		missing, err := c.missing(ctx, name, minimumGatewayAPI)
		switch {
		case err != nil:
			return nil, err
		case missing != nil && !missing.Outdated:
			return missing, nil
		case outdated == nil:
			outdated = missing
		}
	}
	return outdated, nil
}

// missing says that a CRD does not exist, or looks older than a release; nil when it does neither.
func (c Cluster) missing(ctx context.Context, name string, minimum *version.Version) (*MissingCRD, error) {
	crd, err := Get[metav1.PartialObjectMetadata](ctx, c, watch.Named(CRDs, "", name), types.NamespacedName{Name: name})
	if err != nil {
		return nil, err
	}
	if crd == nil {
		return missingCRD("CustomResourceDefinition %s does not exist: install the Gateway API, v%s or newer", name, minimum), nil
	}
	bundle := crd.Annotations[bundleVersionAnnotation]
	installed, err := version.ParseGeneric(bundle)
	if err == nil && !installed.EqualTo(development) && installed.LessThan(minimum) {
		outdated := missingCRD("CustomResourceDefinition %s is of Gateway API %s: install v%s or newer", name, bundle, minimum)
		outdated.Outdated = true
		return outdated, nil
	}
	return nil, nil
}

// HasGateways tells whether the CRD of Gateways exists, of whatever release.
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

// NoListenerSets says why ListenerSets cannot be read or written; it is empty when they can. If the CRD does not
// exist, it ends their watch.
func (c Cluster) NoListenerSets(ctx context.Context) (string, error) {
	return c.unserved(ctx, OurListenerSets, listenerSetCRD, listenerSetsSince)
}

// NoBackendTLSPolicies is NoListenerSets for BackendTLSPolicies.
func (c Cluster) NoBackendTLSPolicies(ctx context.Context) (string, error) {
	return c.unserved(ctx, OurPolicies, backendTLSPolicyCRD, backendTLSPoliciesSince)
}

// unserved says why a kind cannot be used. Where its CRD looks too old, the API server's answer to a list decides: it
// serves the kind if the annotation alone is wrong.
func (c Cluster) unserved(ctx context.Context, scope watch.Scope, crd string, since *version.Version) (string, error) {
	missing, err := c.missing(ctx, crd, since)
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
