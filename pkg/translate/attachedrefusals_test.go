// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate"
)

// attachedWith translates the golden attached, with its first HTTPRoute cut to its first rule, without filters, and
// changed.
func attachedWith(t *testing.T, change ruleChange) translate.Attached {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/behaviour/attached.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found, err := sections(archive)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := decodeCase(found)
	if err != nil {
		t.Fatal(err)
	}
	route := decoded.observed.routes[0]
	route.Spec.Rules = route.Spec.Rules[:1]
	route.Spec.Rules[0].Filters = nil
	change(&decoded.observed, &route.Spec.Rules[0])
	seen, err := decoded.observe(decoded.observed)
	if err != nil {
		t.Fatal(err)
	}
	desired, err := translate.Ingress(seen.Input())
	if err != nil || len(desired.Attached) != 1 {
		t.Fatal(desired.Attached, err)
	}
	return desired.Attached[0]
}

// ruleChange changes a rule of an attached HTTPRoute, and the objects around it.
type ruleChange func(*objects, *gatewayv1.HTTPRouteRule)

func withFilters(filters ...gatewayv1.HTTPRouteFilter) ruleChange {
	return func(_ *objects, rule *gatewayv1.HTTPRouteRule) { rule.Filters = filters }
}

func mirroredTo(ref gatewayv1.BackendObjectReference) ruleChange {
	return withFilters(gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterRequestMirror, RequestMirror: &gatewayv1.HTTPRequestMirrorFilter{BackendRef: ref}})
}

func headersToSet(many int) *gatewayv1.HTTPHeaderFilter {
	found := &gatewayv1.HTTPHeaderFilter{}
	for i := range many {
		found.Set = append(found.Set, gatewayv1.HTTPHeader{Name: gatewayv1.HTTPHeaderName(fmt.Sprintf("x-%d", i)), Value: "x"})
	}
	return found
}

// attachedRefusals are changes of a rule with the problem that the status should name; without one the rule is served.
var attachedRefusals = map[string]struct {
	change ruleChange
	want   string
}{
	"17 backends": {func(found *objects, rule *gatewayv1.HTTPRouteRule) {
		rule.BackendRefs = nil
		for i := range 17 {
			service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("s%d", i)}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
			found.services = append(found.services, service)
			ref := gatewayv1.HTTPBackendRef{}
			ref.Name, ref.Port = gatewayv1.ObjectName(service.Name), new(gatewayv1.PortNumber(80))
			rule.BackendRefs = append(rule.BackendRefs, ref)
		}
	}, "spec.rules[0].backendRefs: 17 backends with all Revisions"},
	"no weight": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) {
		for i := range rule.BackendRefs {
			rule.BackendRefs[i].Weight = new(int32(0))
		}
	}, "spec.rules[0].backendRefs: no backend has a share"},
	"a session": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) {
		rule.SessionPersistence = &gatewayv1.SessionPersistence{}
	}, ".sessionPersistence: "},
	"a retry": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) { rule.Retry = &gatewayv1.HTTPRouteRetry{} }, ".retry: Gateway gateways/external is not known to support HTTPRouteRetry"},
	"an unknown filter": {withFilters(gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterExternalAuth, ExternalAuth: &gatewayv1.HTTPExternalAuthFilter{}}),
		".filters[0]: a filter of type ExternalAuth is not possible"},
	"a header of Knative in a response": {withFilters(gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterResponseHeaderModifier,
		ResponseHeaderModifier: &gatewayv1.HTTPHeaderFilter{Add: []gatewayv1.HTTPHeader{{Name: "k-network-hash", Value: "x"}}}}), ".filters[0]: header k-network-hash belongs to Knative"},
	"too many headers": {withFilters(gatewayv1.HTTPRouteFilter{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: headersToSet(16)}), ""},
	"too many headers of a backend": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) {
		rule.BackendRefs[0].Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: headersToSet(15)}}
	}, ".filters: 18 headers to set together with those of Knative"},
	"a filter of a backend": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) {
		rule.BackendRefs[1].Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterURLRewrite, URLRewrite: &gatewayv1.HTTPURLRewriteFilter{}}}
	}, ".backendRefs[1].filters[0]: a filter of type URLRewrite is not possible for a single backend"},
	"a header of Knative at a backend": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) {
		rule.BackendRefs[0].Filters = []gatewayv1.HTTPRouteFilter{{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{Remove: []string{"KNATIVE-SERVING-REVISION"}}}}
	}, ".backendRefs[0].filters[0]: header KNATIVE-SERVING-REVISION belongs to Knative"},
	"a mirror to a Knative Service": {mirroredTo(gatewayv1.BackendObjectReference{Group: new(gatewayv1.Group("serving.knative.dev")), Name: "users"}), ".requestMirror: requests cannot be mirrored to a Knative Service"},
	"a mirror to one by its name":   {mirroredTo(gatewayv1.BackendObjectReference{Name: "users", Port: new(gatewayv1.PortNumber(80))}), ".requestMirror: requests cannot be mirrored to a Knative Service"},
	"a mirror elsewhere":            {mirroredTo(gatewayv1.BackendObjectReference{Name: "docs", Namespace: new(gatewayv1.Namespace("other"))}), ".requestMirror: a backend of another namespace is not possible"},
	"headers to match": {func(_ *objects, rule *gatewayv1.HTTPRouteRule) {
		for i := range 16 {
			rule.Matches[0].Headers = append(rule.Matches[0].Headers, gatewayv1.HTTPHeaderMatch{Name: gatewayv1.HTTPHeaderName(fmt.Sprintf("x-%d", i)), Value: "x"})
		}
	}, ".matches: 17 headers to match together with those of tags"},
}

// TestAttachedRefusals: B-PTH-1, B-PTH-2, B-PTH-7, what a rule may not have is named with its field; its requests are
// answered 500 and do not go to another service.
func TestAttachedRefusals(t *testing.T) {
	for name, c := range attachedRefusals {
		t.Run(name, func(t *testing.T) {
			got := attachedWith(t, c.change)
			said := ""
			for _, problem := range append(got.Dropped, got.Unresolved...) {
				said += problem.Detail + "\n"
			}
			if c.want == "" {
				if said != "" || !got.IsServed() {
					t.Errorf("served %t, said %s", got.IsServed(), said)
				}
				return
			}
			rule := got.Routes[0].Object.Spec.Rules[0]
			if !strings.Contains(said, c.want) || got.IsServed() || len(rule.BackendRefs)+len(rule.Filters) > 0 || *rule.Matches[0].Path.Value != "/api/v1" {
				t.Errorf("served %t, rule %+v, said %s", got.IsServed(), rule, said)
			}
		})
	}
}
