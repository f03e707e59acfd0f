// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// Reader reads objects of a cluster, as they are known now. What does not exist is nil or left out; an
// error says what could not be looked at, and a [NotServed] that there is no such kind. Who reads from
// watches adds what was written and is not shown yet. Nobody changes what it returns.
//
// Of no kind all objects of the cluster are asked for, so that one KIngress can be looked at with
// few requests and few rights.
type Reader interface {
	// Namespace is that of a KIngress.
	Namespace(name string) (*corev1.Namespace, error)
	// IngressesAt are the KIngresses of our class that have a host.
	IngressesAt(host string) ([]*v1alpha1.Ingress, error)
	// IngressesWith are those whose spec.tls names a Secret of their namespace.
	IngressesWith(secret types.NamespacedName) ([]*v1alpha1.Ingress, error)
	// Backend is a Service to which requests are sent.
	Backend(name types.NamespacedName) (*corev1.Service, error)

	Owned
	DataPlane

	// Gateway is one that config-gateway names.
	Gateway(name types.NamespacedName) (*gatewayv1.Gateway, error)
	// GatewayClass is a class to go by: see features.Believe. One that its controller does not
	// accept is returned where no other state of it is known.
	GatewayClass(name string) (*gatewayv1.GatewayClass, error)
	// AbsentFor is for how long a Service has not existed, given whether it exists now; 0 if it does.
	// Who has no memory returns less than a second.
	AbsentFor(service types.NamespacedName, exists bool) time.Duration

	// Trust is what backendtls.ReadTrust says of what Knative Serving has in its namespace.
	Trust() (input.Trust, error)
	// Proposals are what an operator may want to write for a visibility of which config-gateway
	// says nothing.
	Proposals(visibility v1alpha1.IngressVisibility) ([]config.Proposal, error)
}

// Owned reads what the controller has written for a KIngress.
type Owned interface {
	// Routes are the HTTPRoutes that a KIngress controls.
	Routes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error)
	// ListenerSets are those that a KIngress owns, and of those that are shared in its namespace those
	// that concern it: see [Concerns].
	ListenerSets(ing *v1alpha1.Ingress) ([]*gatewayv1.ListenerSet, error)
	// Grants are the ReferenceGrants that a KIngress controls.
	Grants(ing *v1alpha1.Ingress) ([]*gatewayv1beta1.ReferenceGrant, error)
	// GatewaysOf are the Gateways on which a KIngress has listeners: see dataplane.HeldListeners. Only
	// one that has our finalizer has any.
	GatewaysOf(ing *v1alpha1.Ingress) ([]*gatewayv1.Gateway, error)
	// Policies are those that Services control.
	Policies(services []*corev1.Service) ([]*gatewayv1.BackendTLSPolicy, error)
	// StoredTrust is the ConfigMap with the name backendtls.TrustName of a namespace, whosever it is.
	StoredTrust(namespace string) (*corev1.ConfigMap, error)
}

// DataPlane reads what stands in front of the pods of a Gateway.
type DataPlane interface {
	// Service is one by its name, whatever its labels are.
	Service(name types.NamespacedName) (*corev1.Service, error)
	// Claiming are the Services whose labels say that they are a Gateway's: see dataplane.Claims.
	Claiming(gateway types.NamespacedName) ([]*corev1.Service, error)
	// EndpointSlices are those of a Service. Labelled tells that it is one of Claiming, whose labels
	// its slices have, too.
	EndpointSlices(service *corev1.Service, labelled bool) ([]*discoveryv1.EndpointSlice, error)
}

// NotServed says that the API server does not serve a kind, or that its version is too old.
type NotServed struct{ Detail string }

func (e *NotServed) Error() string { return e.Detail }
