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
	CRDs               = ofCluster("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions")
	Namespaces         = ofCluster("v1", "Namespace", "namespaces")
	ConfigMaps         = of("v1", "ConfigMap", "configmaps")
	GatewayClasses     = ofCluster("gateway.networking.k8s.io/v1", "GatewayClass", "gatewayclasses")
	Gateways           = of("gateway.networking.k8s.io/v1", "Gateway", "gateways")
	ListenerSets       = of("gateway.networking.k8s.io/v1", "ListenerSet", "listenersets")
	HTTPRoutes         = of("gateway.networking.k8s.io/v1", "HTTPRoute", "httproutes")
	BackendTLSPolicies = of("gateway.networking.k8s.io/v1", "BackendTLSPolicy", "backendtlspolicies")
	ReferenceGrants    = of("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", "referencegrants")
	KServices          = of("serving.knative.dev/v1", "Service", "services")
	KIngresses         = of("networking.internal.knative.dev/v1alpha1", "Ingress", "ingresses")
	Services           = of("v1", "Service", "services")
	EndpointSlices     = of("discovery.k8s.io/v1", "EndpointSlice", "endpointslices")
	Deployments        = of("apps/v1", "Deployment", "deployments")
	Pods               = of("v1", "Pod", "pods")
	Webhooks           = ofCluster("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations")
	// Secrets are never in a dump.
	Secrets = of("v1", "Secret", "secrets")
)

// Kinds are all of them but Secrets.
var Kinds = []Kind{CRDs, Namespaces, ConfigMaps, GatewayClasses, Gateways, ListenerSets, HTTPRoutes, BackendTLSPolicies, ReferenceGrants,
	KServices, KIngresses, Services, EndpointSlices, Deployments, Pods, Webhooks}

func of(version, kind, resource string) Kind {
	return Kind{GroupVersionKind: schema.FromAPIVersionAndKind(version, kind), Resource: resource}
}

func ofCluster(version, kind, resource string) Kind {
	found := of(version, kind, resource)
	found.Cluster = true
	return found
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
