// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/keys"
)

// ControllerName is that of the entries of the controller in the status of HTTPRoutes.
const ControllerName gatewayv1.GatewayController = keys.Prefix + "knative"

const (
	servingGroup = "serving.knative.dev"
	// serviceLabel names on the KIngress of a Knative Service that Service.
	serviceLabel = servingGroup + "/service"

	kindService       = "Service"
	kindDomainMapping = "DomainMapping"
)

// Frontend is a Knative object that owns hosts.
type Frontend struct {
	Namespace, Kind, Name string
}

// String is the key of the frontend in indexes.
func (f Frontend) String() string { return f.Namespace + "/" + f.Kind + "/" + f.Name }

// FrontendOf is the Knative object that owns the hosts of a KIngress. A label alone does not make it one,
// because a DomainMapping's labels, which its owner can choose, reach its KIngress.
func FrontendOf(ing *v1alpha1.Ingress) (Frontend, bool) {
	owner := metav1.GetControllerOf(ing)
	if owner == nil || !strings.HasPrefix(owner.APIVersion, servingGroup+"/") {
		return Frontend{}, false
	}
	switch {
	case owner.Kind == kindDomainMapping:
		return Frontend{ing.Namespace, kindDomainMapping, owner.Name}, true
	case owner.Kind == "Route" && owner.Name != "" && ing.Labels[serviceLabel] == owner.Name:
		return Frontend{ing.Namespace, kindService, owner.Name}, true
	}
	return Frontend{}, false
}

// Named are the frontends of a name.
func Named(name types.NamespacedName) []Frontend {
	return []Frontend{{name.Namespace, kindService, name.Name}, {name.Namespace, kindDomainMapping, name.Name}}
}

// FrontendAt is the frontend that a parentRef of a route names; false if it names another kind of parent.
func FrontendAt(ref gatewayv1.ParentReference, namespace string) (Frontend, bool) {
	if ref.Group == nil || *ref.Group != servingGroup || ref.Kind == nil || *ref.Kind != kindService && *ref.Kind != kindDomainMapping {
		return Frontend{}, false
	}
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return Frontend{namespace, string(*ref.Kind), string(ref.Name)}, true
}

// Frontends are those that a route names as parents, and those of which its status has an entry of the
// controller, each once.
func Frontends(route *gatewayv1.HTTPRoute) []Frontend {
	found, known := []Frontend{}, map[Frontend]bool{}
	add := func(ref gatewayv1.ParentReference) {
		if frontend, is := FrontendAt(ref, route.Namespace); is && !known[frontend] {
			found, known[frontend] = append(found, frontend), true
		}
	}
	for _, ref := range route.Spec.ParentRefs {
		add(ref)
	}
	for _, entry := range route.Status.Parents {
		if entry.ControllerName == ControllerName {
			add(entry.ParentRef)
		}
	}
	return found
}

// RefsTo are the parentRefs of a route that name a frontend.
func RefsTo(route *gatewayv1.HTTPRoute, frontend Frontend) []gatewayv1.ParentReference {
	found := []gatewayv1.ParentReference{}
	for _, ref := range route.Spec.ParentRefs {
		if at, is := FrontendAt(ref, route.Namespace); is && at == frontend {
			found = append(found, ref)
		}
	}
	return found
}

// Backings are the names of the Services, Knative's and plain ones, to which the rules of a route lead in its
// namespace.
func Backings(route *gatewayv1.HTTPRoute) []string {
	found, known := []string{}, map[string]bool{}
	add := func(ref gatewayv1.BackendObjectReference) {
		if name := string(ref.Name); sameNamespace(ref, route.Namespace) && isService(ref) && !known[name] {
			found, known[name] = append(found, name), true
		}
	}
	for _, rule := range route.Spec.Rules {
		for _, ref := range rule.BackendRefs {
			add(ref.BackendObjectReference)
		}
		for _, filter := range rule.Filters {
			if filter.RequestMirror != nil {
				add(filter.RequestMirror.BackendRef)
			}
		}
	}
	return found
}

// isService tells that a backend is a Knative Service or a plain one.
func isService(ref gatewayv1.BackendObjectReference) bool {
	kind := ref.Kind == nil || *ref.Kind == kindService
	return kind && (ref.Group == nil || *ref.Group == "" || *ref.Group == servingGroup)
}

// isKnative tells that a backend is named as a Knative Service.
func isKnative(ref gatewayv1.BackendObjectReference) bool {
	return ref.Group != nil && *ref.Group == servingGroup
}

func sameNamespace(ref gatewayv1.BackendObjectReference, namespace string) bool {
	return ref.Namespace == nil || string(*ref.Namespace) == namespace
}
