// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// checkFilters says why a rule cannot have its filters, or nil. A filter is never left out: a rule without
// it would do something else than its author has asked for.
func (r *reader) checkFilters(rule gatewayv1.HTTPRouteRule) *problem {
	mirrors, gateway := 0, r.gateway
	for i, filter := range rule.Filters {
		field := fmt.Sprintf(".filters[%d]", i)
		if why := checkFilter(filter, field, gateway); why != nil {
			return why
		}
		if filter.RequestMirror != nil {
			if why := r.checkMirror(*filter.RequestMirror, field+".requestMirror"); why != nil {
				return why
			}
			if mirrors++; mirrors > 1 && !gateway.Features.Has(gwfeatures.SupportHTTPRouteRequestMultipleMirrors) {
				return unsupported(field, "%s", lacks(gateway, gwfeatures.SupportHTTPRouteRequestMultipleMirrors))
			}
		}
	}
	for i, ref := range rule.BackendRefs {
		for j, filter := range ref.Filters {
			field := fmt.Sprintf(".backendRefs[%d].filters[%d]", i, j)
			switch {
			case filter.RequestHeaderModifier == nil:
				return unsupported(field, "a filter of type %s is not possible for a single backend: use it for the rule", filter.Type)
			case !gateway.Features.Has(gwfeatures.SupportHTTPRouteBackendRequestHeaderModification):
				return unsupported(field, "%s", lacks(gateway, gwfeatures.SupportHTTPRouteBackendRequestHeaderModification))
			}
			if name := touchesServings(filter.RequestHeaderModifier); name != "" {
				return unsupported(field, "header %s belongs to Knative", name)
			}
		}
	}
	return nil
}

// checkFilter says why a rule cannot have a filter, or nil.
func checkFilter(filter gatewayv1.HTTPRouteFilter, field string, gateway input.Gateway) *problem {
	missing := func(needed bool, feature gwfeatures.FeatureName) *problem {
		if !needed || gateway.Features.Has(feature) {
			return nil
		}
		return unsupported(field, "%s", lacks(gateway, feature))
	}
	switch {
	case filter.RequestHeaderModifier != nil:
		if name := touchesServings(filter.RequestHeaderModifier); name != "" {
			return unsupported(field, "header %s belongs to Knative", name)
		}
		return nil
	case filter.ResponseHeaderModifier != nil:
		if name := touchesServings(filter.ResponseHeaderModifier); name != "" {
			return unsupported(field, "header %s belongs to Knative", name)
		}
		return missing(true, gwfeatures.SupportHTTPRouteResponseHeaderModification)
	case filter.URLRewrite != nil:
		return either(missing(filter.URLRewrite.Hostname != nil, gwfeatures.SupportHTTPRouteHostRewrite), missing(filter.URLRewrite.Path != nil, gwfeatures.SupportHTTPRoutePathRewrite))
	case filter.RequestRedirect != nil:
		to := filter.RequestRedirect
		why := either(missing(to.Scheme != nil, gwfeatures.SupportHTTPRouteSchemeRedirect), missing(to.Port != nil, gwfeatures.SupportHTTPRoutePortRedirect))
		return either(why, missing(to.Path != nil, gwfeatures.SupportHTTPRoutePathRedirect))
	case filter.RequestMirror != nil:
		partly := filter.RequestMirror.Percent != nil || filter.RequestMirror.Fraction != nil
		return either(missing(true, gwfeatures.SupportHTTPRouteRequestMirror), missing(partly, gwfeatures.SupportHTTPRouteRequestPercentageMirror))
	case filter.CORS != nil:
		return missing(true, gwfeatures.SupportHTTPRouteCORS)
	case filter.ExtensionRef != nil:
		return nil // of the namespace in which the rule is rendered, too; the gateway knows what it is
	}
	return unsupported(field, "a filter of type %s is not possible", filter.Type)
}

func either(first, second *problem) *problem {
	if first != nil {
		return first
	}
	return second
}

// checkMirror refuses a copy of requests for Knative: a mirror has no headers of its own, so that activator
// would send the copy to a Revision of the client's choice, or to that of the rule's backend.
func (r *reader) checkMirror(mirror gatewayv1.HTTPRequestMirrorFilter, field string) *problem {
	ref, namespace := mirror.BackendRef, r.in.Ingress.Namespace
	switch service := r.service(ref); {
	case !sameNamespace(ref, namespace):
		return &problem{field, gatewayv1.RouteReasonRefNotPermitted, "a backend of another namespace is not possible"}
	case !isService(ref):
		return &problem{field, gatewayv1.RouteReasonInvalidKind, "the backend is not a Service"}
	case isKnative(ref) || r.in.Backing[string(ref.Name)] != nil || service != nil && service.Labels[revisionLabel] != "":
		return unsupported(field, "requests cannot be mirrored to a Knative Service: it could not tell which Revision the copy is for")
	case service != nil && service.Spec.ExternalName != "":
		return unsupported(field, "Service %s is an ExternalName", ref.Name)
	case service == nil:
		return &problem{field, gatewayv1.RouteReasonBackendNotFound, fmt.Sprintf("Service %s does not exist", ref.Name)}
	}
	return nil
}

// checkFields says why a rule cannot have one of its other fields, or nil.
func checkFields(rule gatewayv1.HTTPRouteRule, gateway input.Gateway) *problem {
	timeouts := rule.Timeouts
	switch {
	case rule.SessionPersistence != nil:
		return unsupported(".sessionPersistence", "sessions cannot be kept: a Knative Service has no lasting pods")
	case timeouts != nil && timeouts.Request != nil && !gateway.Features.Has(gwfeatures.SupportHTTPRouteRequestTimeout):
		return unsupported(".timeouts.request", "%s", lacks(gateway, gwfeatures.SupportHTTPRouteRequestTimeout))
	case timeouts != nil && timeouts.BackendRequest != nil && !gateway.Features.Has(gwfeatures.SupportHTTPRouteBackendTimeout):
		return unsupported(".timeouts.backendRequest", "%s", lacks(gateway, gwfeatures.SupportHTTPRouteBackendTimeout))
	case rule.Retry != nil && !gateway.Features.Has(gwfeatures.SupportHTTPRouteRetry):
		return unsupported(".retry", "%s", lacks(gateway, gwfeatures.SupportHTTPRouteRetry))
	}
	return nil
}

// timeoutsOf are the timeouts of a rule. Serving itself ends requests; without a timeout in the rule, a
// gateway would end them after a default of its own.
func timeoutsOf(rule gatewayv1.HTTPRouteRule, gateway input.Gateway) *gatewayv1.HTTPRouteTimeouts {
	timeouts := &gatewayv1.HTTPRouteTimeouts{}
	if rule.Timeouts != nil {
		*timeouts = *rule.Timeouts
	}
	if timeouts.Request == nil && gateway.Features.Has(gwfeatures.SupportHTTPRouteRequestTimeout) {
		timeouts.Request = new(gatewayv1.Duration("0s"))
	}
	if timeouts.Request == nil && timeouts.BackendRequest == nil {
		return nil
	}
	return timeouts
}
