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
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// Reader reads objects of a cluster. An object that does not exist is nil or left out; an error says
// which objects could not be read, and a [NotServed] that the API server does not serve the kind. A
// Reader that reads from watches adds the writes that these do not show yet. Callers do not change the
// objects that it returns.
//
// No method lists all objects of a kind in the cluster, so that reading for one KIngress takes few
// requests and few rights.
type Reader interface {
	// Namespace is that of a KIngress.
	Namespace(name string) (*corev1.Namespace, error)
	// IngressesAt are the KIngresses of the controller's class that have a host.
	IngressesAt(host string) ([]*v1alpha1.Ingress, error)
	// IngressesWith are the KIngresses whose spec.tls names a Secret of their namespace.
	IngressesWith(secret types.NamespacedName) ([]*v1alpha1.Ingress, error)
	// Attached are the HTTPRoutes of which attached.Frontends has a frontend.
	Attached(frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error)
	// Backend is a Service to which requests are sent.
	Backend(name types.NamespacedName) (*corev1.Service, error)

	Owned
	DataPlane

	// Gateway is a Gateway that config-gateway names.
	Gateway(name types.NamespacedName) (*gatewayv1.Gateway, error)
	// GatewayClass is the last state of a class that its controller accepted: see features.Believe. If
	// none is known, it is the present state.
	GatewayClass(name string) (*gatewayv1.GatewayClass, error)
	// AbsentFor is for how long a Service has not existed, given whether it exists now; 0 if it does. A
	// Reader without memory returns less than a second.
	AbsentFor(service types.NamespacedName, exists bool) time.Duration

	// Trust is the result of backendtls.ReadTrust for the objects of Knative Serving's namespace.
	Trust() (input.Trust, error)
	// Proposals are what is known of the list that an operator has to write for a visibility whose list is
	// absent in config-gateway.
	Proposals(visibility v1alpha1.IngressVisibility) (config.Proposals, error)
}

// Owned reads what the controller has written for a KIngress.
type Owned interface {
	// Routes are the HTTPRoutes that a KIngress controls.
	Routes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error)
	// ListenerSets are those that a KIngress owns, and the shared ones of its namespace that concern it:
	// see [Concerns].
	ListenerSets(ing *v1alpha1.Ingress) ([]*gatewayv1.ListenerSet, error)
	// Grants are the ReferenceGrants that a KIngress controls.
	Grants(ing *v1alpha1.Ingress) ([]*gatewayv1beta1.ReferenceGrant, error)
	// GatewaysOf are the Gateways with listeners of a KIngress: see dataplane.HeldListeners. Only a
	// KIngress with ListenerFinalizer has any.
	GatewaysOf(ing *v1alpha1.Ingress) ([]*gatewayv1.Gateway, error)
	// Policies are the BackendTLSPolicies that Services control.
	Policies(services []*corev1.Service) ([]*gatewayv1.BackendTLSPolicy, error)
	// StoredTrust is the ConfigMap of a namespace with the name backendtls.TrustName, whoever has written
	// it.
	StoredTrust(namespace string) (*corev1.ConfigMap, error)
}

// DataPlane reads the Services in front of the pods of a Gateway.
type DataPlane interface {
	// Service is the Service of a name, whatever its labels are.
	Service(name types.NamespacedName) (*corev1.Service, error)
	// Claiming are the Services whose labels say that they are a Gateway's: see dataplane.Claims.
	Claiming(gateway *gatewayv1.Gateway) ([]*corev1.Service, error)
	// EndpointSlices are those of a Service. labelled tells that the Service is one of Claiming, so that
	// its slices have its labels.
	EndpointSlices(service *corev1.Service, labelled bool) ([]*discoveryv1.EndpointSlice, error)
}

// NotServed says that the API server does not serve a kind, or that its version is too old.
type NotServed struct{ Detail string }

func (e *NotServed) Error() string { return e.Detail }
