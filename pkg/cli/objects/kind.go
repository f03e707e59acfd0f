// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Kind is a kind of objects that the command line reads.
type Kind struct {
	schema.GroupVersionKind
	Resource string
	// Cluster tells that its objects are in no namespace.
	Cluster bool
}

// The kinds, in the order in which a dump has them.
var (
	CRDs               = of("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", true)
	Namespaces         = of("", "v1", "Namespace", "namespaces", true)
	ConfigMaps         = of("", "v1", "ConfigMap", "configmaps", false)
	GatewayClasses     = of("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses", true)
	Gateways           = of("gateway.networking.k8s.io", "v1", "Gateway", "gateways", false)
	ListenerSets       = of("gateway.networking.k8s.io", "v1", "ListenerSet", "listenersets", false)
	HTTPRoutes         = of("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes", false)
	BackendTLSPolicies = of("gateway.networking.k8s.io", "v1", "BackendTLSPolicy", "backendtlspolicies", false)
	ReferenceGrants    = of("gateway.networking.k8s.io", "v1beta1", "ReferenceGrant", "referencegrants", false)
	KServices          = of("serving.knative.dev", "v1", "Service", "services", false)
	KIngresses         = of("networking.internal.knative.dev", "v1alpha1", "Ingress", "ingresses", false)
	Services           = of("", "v1", "Service", "services", false)
	EndpointSlices     = of("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", false)
	Deployments        = of("apps", "v1", "Deployment", "deployments", false)
	Pods               = of("", "v1", "Pod", "pods", false)
	Webhooks           = of("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", true)
	// Secrets are never in a dump.
	Secrets = of("", "v1", "Secret", "secrets", false)
)

// Kinds are all of them but Secrets.
var Kinds = []Kind{CRDs, Namespaces, ConfigMaps, GatewayClasses, Gateways, ListenerSets, HTTPRoutes, BackendTLSPolicies, ReferenceGrants,
	KServices, KIngresses, Services, EndpointSlices, Deployments, Pods, Webhooks}

func of(group, version, kind, resource string, cluster bool) Kind {
	return Kind{GroupVersionKind: schema.GroupVersionKind{Group: group, Version: version, Kind: kind}, Resource: resource, Cluster: cluster}
}

// KindOf is the kind of an object by its group and name, whatever its version.
func KindOf(group, name string) (Kind, bool) {
	at := slices.IndexFunc(Kinds, func(kind Kind) bool { return kind.Group == group && kind.Kind == name })
	switch {
	case at >= 0:
		return Kinds[at], true
	case group == "" && name == Secrets.Kind:
		return Secrets, true
	}
	return Kind{}, false
}

// String is how messages name the kind.
func (k Kind) String() string {
	switch k {
	case KIngresses:
		return "KIngress"
	case KServices:
		return "Knative Service"
	}
	return k.Kind
}

// Arg is how kubectl names the resource.
func (k Kind) Arg() string {
	switch k {
	case KIngresses:
		return "kingress"
	case KServices:
		return "ksvc"
	}
	return k.Resource
}
