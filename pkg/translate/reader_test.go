// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"cmp"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/pkg/apply"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/observe"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/backendtls"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// stored reads the cluster of a case, with defaults for objects that the case leaves out: a namespace
// without labels; for an entry of config-gateway its GatewayClass, of an unknown controller, and its
// Gateway, with one HTTP listener for all namespaces. The KIngress owns objects without an owner.
type stored struct {
	objects
	*testCase
}

var _ observe.Reader = stored{}

func (s stored) Namespace(name string) (*corev1.Namespace, error) {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if found := named(s.namespaces, types.NamespacedName{Name: name}); found != nil {
		namespace = found.DeepCopy()
	}
	namespace.UID = "uid-of-namespace"
	return namespace, nil
}

func (s stored) IngressesAt(host string) ([]*v1alpha1.Ingress, error) {
	return having(s.ingresses, func(ing *v1alpha1.Ingress) bool { return observe.HostsOf(ing).Has(host) }), nil
}

func (s stored) IngressesWith(secret types.NamespacedName) ([]*v1alpha1.Ingress, error) {
	return having(s.ingresses, func(ing *v1alpha1.Ingress) bool { return observe.SecretsOf(ing).Has(secret) }), nil
}

func (s stored) Attached(frontend attached.Frontend) ([]*gatewayv1.HTTPRoute, error) {
	return having(s.routes, func(route *gatewayv1.HTTPRoute) bool { return slices.Contains(attached.Frontends(route), frontend) }), nil
}

func (s stored) Backend(name types.NamespacedName) (*corev1.Service, error) { return s.Service(name) }

func (s stored) Service(name types.NamespacedName) (*corev1.Service, error) {
	return named(s.services, name), nil
}

func (s stored) Claiming(gateway *gatewayv1.Gateway) ([]*corev1.Service, error) {
	return having(s.services, func(service *corev1.Service) bool { return dataplane.Claims(service, gateway) }), nil
}

func (s stored) EndpointSlices(service *corev1.Service, _ bool) ([]*discoveryv1.EndpointSlice, error) {
	return having(s.objects.slices, func(slice *discoveryv1.EndpointSlice) bool {
		return slice.Namespace == service.Namespace && slice.Labels[discoveryv1.LabelServiceName] == service.Name
	}), nil
}

func (s stored) Routes(ing *v1alpha1.Ingress) ([]*gatewayv1.HTTPRoute, error) {
	return having(s.routes, func(route *gatewayv1.HTTPRoute) bool {
		return len(attached.Frontends(route)) == 0 && isOf[*gatewayv1.HTTPRoute](ing)(route)
	}), nil
}

func (s stored) Grants(ing *v1alpha1.Ingress) ([]*gatewayv1beta1.ReferenceGrant, error) {
	return having(s.grants, isOf[*gatewayv1beta1.ReferenceGrant](ing)), nil
}

func (s stored) ListenerSets(ing *v1alpha1.Ingress) ([]*gatewayv1.ListenerSet, error) {
	return having(s.sets, func(set *gatewayv1.ListenerSet) bool {
		return isOf[*gatewayv1.ListenerSet](ing)(set) || apply.IsShared(set) && observe.Concerns(ing, set)
	}), nil
}

// isOf tells whether an object is a KIngress's.
func isOf[T metav1.Object](ing *v1alpha1.Ingress) func(T) bool {
	return func(object T) bool { return len(object.GetOwnerReferences()) == 0 || apply.IsControlledBy(object, ing) }
}

func (s stored) Policies([]*corev1.Service) ([]*gatewayv1.BackendTLSPolicy, error) { return nil, nil }

func (s stored) Trust() (input.Trust, error) {
	var secret *corev1.Secret
	if len(s.secrets) > 0 {
		secret = s.secrets[0]
	}
	return backendtls.ReadTrust("knative-serving/routing-serving-certs", secret, having(s.bundles, func(bundle *corev1.ConfigMap) bool { return bundle.Name != backendtls.TrustName })), nil
}

func (s stored) StoredTrust(namespace string) (*corev1.ConfigMap, error) {
	return named(s.bundles, types.NamespacedName{Namespace: namespace, Name: backendtls.TrustName}), nil
}

func (s stored) Gateway(name types.NamespacedName) (*gatewayv1.Gateway, error) {
	if found := named(s.gateways, name); found != nil {
		return found, nil
	}
	plain := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Namespace: name.Namespace, Name: name.Name}}
	for _, visibility := range config.Visibilities {
		if entry, found := s.config.Entry(visibility, name); found {
			plain.Spec.GatewayClassName = gatewayv1.ObjectName(entry.Class)
			plain.Spec.Listeners = []gatewayv1.Listener{{
				Name: gatewayv1.SectionName(cmp.Or(entry.HTTPListener, "http")), Port: 80, Protocol: gatewayv1.HTTPProtocolType,
				AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromAll)}},
			}}
		}
	}
	return plain, nil
}

func (s stored) GatewaysOf(ing *v1alpha1.Ingress) ([]*gatewayv1.Gateway, error) {
	return having(s.gateways, func(gateway *gatewayv1.Gateway) bool { return dataplane.HeldListeners(gateway, ing.UID).Len() > 0 }), nil
}

func (s stored) GatewayClass(name string) (*gatewayv1.GatewayClass, error) {
	if found := named(s.classes, types.NamespacedName{Name: name}); found != nil {
		return found, nil
	}
	return &gatewayv1.GatewayClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: gatewayv1.GatewayClassSpec{ControllerName: "example.com/plain"}}, nil
}

func (s stored) AbsentFor(types.NamespacedName, bool) time.Duration { return 0 }

func (s stored) Proposals(v1alpha1.IngressVisibility) (config.Proposals, error) {
	return config.Proposals{}, nil
}

// having are the objects for which a predicate holds.
func having[T any](all []T, wanted func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(object T) bool { return !wanted(object) })
}

// named is the object of that name; nil if there is none.
func named[O any, T interface {
	*O
	metav1.Object
}](all []T, name types.NamespacedName) T {
	for _, object := range all {
		if object.GetNamespace() == name.Namespace && object.GetName() == name.Name {
			return object
		}
	}
	return nil
}
