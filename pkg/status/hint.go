// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// ofListeners are the reasons that a change of the listeners cures.
var ofListeners = []gatewayv1.RouteConditionReason{
	gatewayv1.RouteReasonNotAllowedByListeners, gatewayv1.RouteReasonNoMatchingListenerHostname, gatewayv1.RouteReasonNoMatchingParent,
}

// hint names the field to change, to follow the gateway's own message; empty if that is enough.
func (s Side) hint(route Route, reason string) string {
	switch {
	case route.NotAdmitted != "" && slices.Contains(ofListeners, gatewayv1.RouteConditionReason(reason)):
		return route.change()
	case reason == string(gatewayv1.RouteReasonNotAllowedByListeners):
		return fmt.Sprintf(" (change allowedRoutes of a listener of Gateway %s so that it admits HTTPRoutes of namespace %s)", s.Entry.Gateway, route.Name.Namespace)
	case reason == string(gatewayv1.RouteReasonNoMatchingListenerHostname):
		return fmt.Sprintf(" (change hostname of a listener of Gateway %s so that it admits %v)", s.Entry.Gateway, route.Object.Spec.Hostnames)
	case reason == string(gatewayv1.RouteReasonNoMatchingParent) && s.Entry.HTTPListener != "":
		return fmt.Sprintf(" (add listener %q to Gateway %s, or change `http-listener-name` of %s)", s.Entry.HTTPListener, s.Entry.Gateway, s.Entry)
	case reason == string(gatewayv1.RouteReasonRefNotPermitted):
		return route.missingGrants()
	}
	return ""
}

// missingGrants names the ReferenceGrants that backends of other namespaces need. The owners of
// those namespaces must write them: if the controller did, it would break isolation (SPEC B-OPS-5).
func (r Route) missingGrants() string {
	grants := sets.New[string]()
	for _, rule := range r.Object.Spec.Rules {
		for _, ref := range rule.BackendRefs {
			if ref.Namespace != nil && string(*ref.Namespace) != r.Name.Namespace {
				grants.Insert(fmt.Sprintf("create a ReferenceGrant in namespace %s from HTTPRoutes of namespace %s to Service %s", *ref.Namespace, r.Name.Namespace, ref.Name))
			}
		}
	}
	if len(grants) == 0 {
		return ""
	}
	return " (" + strings.Join(sets.List(grants), "; ") + ")"
}
