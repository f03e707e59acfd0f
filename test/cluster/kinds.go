// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"
)

// Kind is a kind of object, which tests handle as T.
type Kind[T any] struct {
	schema.GroupVersionKind
	resource string
}

// The kinds that tests handle. Those of Serving are unstructured:
// their modules are not needed for the few fields that tests read.
var (
	Namespaces      = kind[corev1.Namespace]("", "v1", "Namespace", "namespaces")
	ConfigMaps      = kind[corev1.ConfigMap]("", "v1", "ConfigMap", "configmaps")
	Secrets         = kind[corev1.Secret]("", "v1", "Secret", "secrets")
	Services        = kind[corev1.Service]("", "v1", "Service", "services")
	Pods            = kind[corev1.Pod]("", "v1", "Pod", "pods")
	Quotas          = kind[corev1.ResourceQuota]("", "v1", "ResourceQuota", "resourcequotas")
	Events          = kind[corev1.Event]("", "v1", "Event", "events")
	Deployments     = kind[appsv1.Deployment]("apps", "v1", "Deployment", "deployments")
	EndpointSlices  = kind[discoveryv1.EndpointSlice]("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
	KIngresses      = kind[v1alpha1.Ingress]("networking.internal.knative.dev", "v1alpha1", "Ingress", "ingresses")
	HTTPRoutes      = kind[gatewayv1.HTTPRoute]("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes")
	Gateways        = kind[gatewayv1.Gateway]("gateway.networking.k8s.io", "v1", "Gateway", "gateways")
	ListenerSets    = kind[gatewayv1.ListenerSet]("gateway.networking.k8s.io", "v1", "ListenerSet", "listenersets")
	ReferenceGrants = kind[gatewayv1beta1.ReferenceGrant]("gateway.networking.k8s.io", "v1beta1", "ReferenceGrant", "referencegrants")
	GatewayClasses  = kind[gatewayv1.GatewayClass]("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses")
	KServices       = kind[Object]("serving.knative.dev", "v1", "Service", "services")
	KRoutes         = kind[Object]("serving.knative.dev", "v1", "Route", "routes")
	Claims          = kind[Object]("networking.internal.knative.dev", "v1alpha1", "ClusterDomainClaim", "clusterdomainclaims")
	DomainMappings  = kind[Object]("serving.knative.dev", "v1beta1", "DomainMapping", "domainmappings")
	CRDs            = kind[Object]("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions")
	Policies        = kind[Object]("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies")
	PolicyBindings  = kind[Object]("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings")
	Validations     = kind[Object]("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations")
	KRevisions      = kind[Object]("serving.knative.dev", "v1", "Revision", "revisions")
	ClusterRoles    = kind[rbacv1.ClusterRole]("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles")
	Leases          = kind[coordinationv1.Lease]("coordination.k8s.io", "v1", "Lease", "leases")
)

// Object is an object of which no Go type is needed.
type Object map[string]any

// String reads a string at a path, "" when there is none.
func (o Object) String(path ...string) string {
	value, _, _ := unstructured.NestedString(o, path...)
	return value
}

func kind[T any](group, version, name, resource string) Kind[T] {
	return Kind[T]{schema.GroupVersionKind{Group: group, Version: version, Kind: name}, resource}
}

// Resource is what the API server calls the kind.
func (k Kind[T]) Resource() schema.GroupVersionResource {
	return k.GroupVersion().WithResource(k.resource)
}

func (k Kind[T]) client(c *Cluster, namespace string) dynamic.ResourceInterface {
	resource := c.Dynamic.Resource(k.Resource())
	if namespace == "" {
		return resource
	}
	return resource.Namespace(namespace)
}

// encode adds the kind, which typed objects leave out.
func (k Kind[T]) encode(object *T) (*unstructured.Unstructured, error) {
	if untyped, ok := any(object).(*Object); ok {
		encoded := (&unstructured.Unstructured{Object: *untyped}).DeepCopy()
		encoded.SetGroupVersionKind(k.GroupVersionKind)
		return encoded, nil
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	encoded := &unstructured.Unstructured{Object: content}
	encoded.SetGroupVersionKind(k.GroupVersionKind)
	return encoded, nil
}

func (k Kind[T]) decode(encoded *unstructured.Unstructured) (*T, error) {
	object := new(T)
	if untyped, ok := any(object).(*Object); ok {
		*untyped = encoded.Object
		return object, nil
	}
	return object, runtime.DefaultUnstructuredConverter.FromUnstructured(encoded.Object, object)
}
