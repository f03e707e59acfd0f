// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

const (
	revisionLabel = servingGroup + "/revision"
	// The headers by which activator finds a Revision (knative/serving, pkg/activator/handler/context_handler.go).
	headerOfRevision  = "Knative-Serving-Revision"
	headerOfNamespace = "Knative-Serving-Namespace"
)

// offersOf reads the backends of a rule. A backend that does not exist keeps its share, which the gateway
// answers with 500.
func (r *reader) offersOf(index int, rule gatewayv1.HTTPRouteRule) ([]offer, *problem) {
	offers := []offer{}
	for i, ref := range rule.BackendRefs {
		if ref.Weight != nil && *ref.Weight == 0 {
			continue
		}
		found, why := r.offer(fmt.Sprintf(".backendRefs[%d]", i), ref.BackendObjectReference)
		switch {
		case why != nil && why.reason == gatewayv1.RouteReasonBackendNotFound:
			r.outcome.unresolved(index, *why, "its share of the requests is answered 500")
			found = unresolved(ref.BackendObjectReference, r.in.Ingress.Namespace)
		case why != nil:
			return nil, why
		}
		found.weight = 1
		if ref.Weight != nil {
			found.weight = *ref.Weight
		}
		for _, filter := range ref.Filters {
			found.modify = filter.RequestHeaderModifier
		}
		offers = append(offers, found)
	}
	if len(offers) == 0 {
		return nil, unsupported(".backendRefs", "no backend has a share of the requests")
	}
	return offers, nil
}

// offer reads one backend, or says why it cannot be used.
func (r *reader) offer(field string, ref gatewayv1.BackendObjectReference) (offer, *problem) {
	name := string(ref.Name)
	switch {
	case !sameNamespace(ref, r.in.Ingress.Namespace):
		return offer{}, &problem{field, gatewayv1.RouteReasonRefNotPermitted, "a backend of another namespace is not possible"}
	case !isService(ref):
		return offer{}, &problem{field, gatewayv1.RouteReasonInvalidKind, "a backend is a Service of group serving.knative.dev, or one of the core group"}
	case r.in.Backing[name] != nil:
		return r.knative(field, name)
	case isKnative(ref):
		return offer{}, &problem{field, gatewayv1.RouteReasonBackendNotFound, fmt.Sprintf("no Knative Service %s is served by net-gateways in this namespace", name)}
	}
	return r.plain(field, ref)
}

// knative is what a Knative Service, or a tag of one, serves under its name in the cluster.
func (r *reader) knative(field, name string) (offer, *problem) {
	found := offer{}
	for _, rule := range r.rulesOf(name) {
		switch {
		case rule.Challenge():
			continue
		case rule.Path != "/" || rule.RewriteHost != "":
			return offer{}, unsupported(field, "KIngress %s serves %s by path or by another host", r.in.Backing[name].Name, name)
		case len(rule.Backends) > 0:
			found.variants = append(found.variants, rule)
		}
	}
	if _, has := found.variant(nil); !has {
		return offer{}, &problem{field, gatewayv1.RouteReasonBackendNotFound, fmt.Sprintf("Knative Service %s has no Revision that serves", name)}
	}
	return found, nil
}

// rulesOf are the rules of a Knative Service, which several rules may need.
func (r *reader) rulesOf(name string) []rules.Rule {
	known, has := r.backing[name]
	if !has {
		known = rules.Of(r.in.Backing[name], LocalHost(r.in.Ingress.Namespace, name))
		r.backing[name] = known
	}
	return known
}

// plain is what a Service of Kubernetes serves. That of a Revision gets the Revision's headers: from zero it
// leads to activator, which would believe the headers of the client.
func (r *reader) plain(field string, ref gatewayv1.BackendObjectReference) (offer, *problem) {
	service := r.service(ref)
	switch {
	case ref.Port == nil:
		return offer{}, unsupported(field+".port", "a Service needs a port")
	case service == nil:
		return offer{}, &problem{field, gatewayv1.RouteReasonBackendNotFound, fmt.Sprintf("Service %s does not exist", ref.Name)}
	case service.Spec.Type == corev1.ServiceTypeExternalName:
		return offer{}, unsupported(field, "Service %s is an ExternalName", ref.Name)
	}
	port := intstr.FromInt32(*ref.Port)
	if _, has := rules.ServicePort(service, port); !has {
		return offer{}, &problem{field, gatewayv1.RouteReasonBackendNotFound, fmt.Sprintf("Service %s has no port %d", ref.Name, *ref.Port)}
	}
	backend := rules.Backend{Service: types.NamespacedName{Namespace: service.Namespace, Name: service.Name}, Port: port, Weight: 1}
	if revision := service.Labels[revisionLabel]; revision != "" {
		backend.Set = []rules.Header{{Name: headerOfNamespace, Value: service.Namespace}, {Name: headerOfRevision, Value: revision}}
	}
	return offer{variants: []rules.Rule{{Path: "/", Backends: []rules.Backend{backend}}}}, nil
}

// service is the Service of the namespace that a reference names; nil if there is none.
func (r *reader) service(ref gatewayv1.BackendObjectReference) *corev1.Service {
	return r.in.Services[types.NamespacedName{Namespace: r.in.Ingress.Namespace, Name: string(ref.Name)}]
}

// unresolved keeps a reference to what does not exist.
func unresolved(ref gatewayv1.BackendObjectReference, namespace string) offer {
	backend := rules.Backend{Service: types.NamespacedName{Namespace: namespace, Name: string(ref.Name)}, Weight: 1, Unresolved: &ref}
	if ref.Port != nil {
		backend.Port = intstr.FromInt32(*ref.Port)
	}
	return offer{variants: []rules.Rule{{Path: "/", Backends: []rules.Backend{backend}}}}
}
