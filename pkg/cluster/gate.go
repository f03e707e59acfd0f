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

// MissingCRD says which CRD is needed (SPEC B-INS-7).
type MissingCRD struct {
	conditions.Refusal
	// Outdated tells that the CRD exists, and that its annotation names too old a release. That is
	// a word about a file, and objects of the kind stand: what is served is served on (B-INS-9).
	Outdated bool
}

func missingCRD(format string, values ...any) *MissingCRD {
	return &MissingCRD{Refusal: conditions.Refusal{Code: conditions.ReasonGatewayAPIMissing, Detail: fmt.Sprintf(format, values...)}}
}

// Missing tells which CRD keeps us from working, or nil. One that does not exist comes before
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

// missing says why a CRD, or a version of it, is not there; nil when it is.
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
	return c.unserved(ctx, OurListenerSets, listenerSetCRD, listenerSetsSince)
}

// NoBackendTLSPolicies is NoListenerSets for BackendTLSPolicies.
func (c Cluster) NoBackendTLSPolicies(ctx context.Context) (string, error) {
	return c.unserved(ctx, OurPolicies, backendTLSPolicyCRD, backendTLSPoliciesSince)
}

// unserved asks the API server, where a CRD looks too old, whether it serves the version that we
// use: it does when the annotation alone is wrong.
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

// DropGatewayAPI ends the watches of kinds that are not served any more. Kept, they
// would go on to show what was there, and come back late.
func (c Cluster) DropGatewayAPI() {
	c.Drop(func(scope watch.Scope) bool {
		return slices.Contains([]watch.Kind{HTTPRoutes, OthersRoutes, ListenerSets, ReferenceGrants, BackendTLSPolicies, Gateways, GatewayClasses}, scope.Kind)
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
