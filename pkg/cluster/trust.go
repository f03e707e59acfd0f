// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking"
	netconfig "knative.dev/networking/pkg/config"
	"knative.dev/pkg/system"

	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

// Scopes of the objects that the controller writes for TLS to Knative's own backends. It watches ConfigMaps of other
// namespaces by the one name that it gives them, because its rights are for this name alone.
var (
	OurPolicies = watch.Scope{Kind: BackendTLSPolicies, Labels: backendtls.Label}
	OurTrust    = watch.Scope{Kind: ConfigMaps, Fields: "metadata.name=" + backendtls.TrustName}
)

// RoutingSecret is the name of the Secret with the certificate of Serving's activator.
func RoutingSecret() types.NamespacedName {
	return types.NamespacedName{Namespace: system.Namespace(), Name: netconfig.ServingRoutingCertName}
}

// RoutingSecretScope is the scope of that Secret alone.
func RoutingSecretScope() watch.Scope {
	name := RoutingSecret()
	return watch.Named(Secrets, name.Namespace, name.Name)
}

// Trust returns the authorities that sign the certificates of Serving's activator and queue-proxies.
func (c Cluster) Trust(ctx context.Context) (input.Trust, error) {
	name := RoutingSecret()
	secret, err := Get[corev1.Secret](ctx, c, RoutingSecretScope(), name)
	if err != nil {
		return input.Trust{}, err
	}
	bundles := watch.Scope{Kind: ConfigMaps, Namespace: name.Namespace, Labels: networking.TrustBundleLabelKey}
	found, err := List[corev1.ConfigMap](ctx, c, bundles, name.Namespace)
	if err != nil {
		return input.Trust{}, err
	}
	return backendtls.ReadTrust(name.String(), secret, found), nil
}
