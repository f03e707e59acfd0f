// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/sets"
	k8svalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/routes"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// FuzzIngress: B-OPS-5, no KIngress that an API server stores makes the translation panic. Its result is
// the same the second time, keeps cluster-local hosts off the external Gateway (B-SEL-7), and drops
// nothing in silence (B-TRN-2). Only seeds and finds are checked for whether an API server admits the
// result, when the test runs as a test: the CEL rules of the CRD take a hundred times as long as the
// translation.
func FuzzIngress(f *testing.F) {
	for _, path := range goldens(f) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		found, err := sections(archive)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(found[sectionIngress], found[sectionObserved], true)
		f.Add(found[sectionIngress], found[sectionObserved], false)
	}
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	f.Fuzz(func(t *testing.T, ingress, observed string, capable bool) {
		decoded := storable(ingress, observed, capable)
		if decoded == nil {
			return // no API server stores it
		}
		seen, err := decoded.observe(decoded.observed)
		if err != nil {
			t.Fatal("It cannot be observed:", err)
		}
		in := seen.Input()
		desired, err := translate.Ingress(in)
		if err != nil {
			t.Fatal("Translation failed as a whole:", err)
		}
		if again, _ := translate.Ingress(in); !reflect.DeepEqual(desired, again) {
			t.Error("The same input gives another output (B-TRN-4)")
		}
		for _, route := range desired.Routes {
			if fuzzing {
				break
			}
			if err := admitRoute(route.Object); err != nil {
				t.Errorf("HTTPRoute %s: %v", route.Object.Name, err)
			}
		}
		if err := sound(in, desired); err != nil {
			t.Error(err)
		}
		if dropped := unserved(in, desired); len(dropped) > 0 && len(refusals(seen, desired))+len(desired.Gaps) == 0 {
			t.Error("Hosts are dropped in silence:", dropped)
		}
	})
}

// storable decodes what an API server would store; nil when it would refuse it.
func storable(ingress, observed string, capable bool) *testCase {
	const limit = 64 << 10
	decoded := &testCase{ingress: &v1alpha1.Ingress{}}
	if len(ingress)+len(observed) > limit || yaml.Unmarshal([]byte(ingress), decoded.ingress) != nil {
		return nil
	}
	for document := range strings.SplitSeq(observed, "\n---\n") {
		if decoded.observed.add([]byte(document)) != nil {
			return nil
		}
	}
	stored := decoded.ingress
	if stored.UID == "" {
		stored.UID = "1"
	}
	stored.OwnerReferences, stored.ManagedFields = nil, nil // not translated
	if errs := validation.ValidateObjectMeta(&stored.ObjectMeta, true, validation.NameIsDNSSubdomain, field.NewPath("metadata")); len(errs) > 0 ||
		len(validation.ValidateNamespaceName(stored.Namespace, false)) > 0 {
		return nil
	}
	entry := "- class: %s\n  gateway: gateways/%s\n"
	if capable {
		entry += "  supported-features: [ListenerSet, HTTPRouteSchemeRedirect, HTTPRouteBackendRequestHeaderModification, HTTPRouteHostRewrite, HTTPRouteResponseHeaderModification, HTTPRouteRequestTimeout]\n"
	}
	cfg, _, err := config.Parse(map[string]string{
		config.ExternalGateways: fmt.Sprintf(entry, "external", "external"),
		config.LocalGateways:    fmt.Sprintf(entry, "local", "local"),
	}, "knative-serving")
	if err != nil {
		panic(err)
	}
	decoded.config = cfg
	return decoded
}

// sound says what is wrong with a result whose single HTTPRoutes may all be valid.
func sound(in input.Input, desired translate.Desired) error {
	hosts := map[v1alpha1.IngressVisibility]sets.Set[string]{}
	for _, visibility := range config.Visibilities {
		hosts[visibility] = sets.New[string]()
	}
	for _, rule := range in.Ingress.Spec.Rules {
		if known := hosts[rules.Visibility(rule)]; known != nil {
			known.Insert(rule.Hosts...)
		}
	}
	names := sets.New[string]()
	for _, route := range desired.Routes {
		if got, want := ownGateway(route, in, desired), in.Gateways[route.Visibility].Name.String(); got != want {
			return fmt.Errorf("HTTPRoute %s of visibility %s is on Gateway %s", route.Object.Name, route.Visibility, got)
		}
		if names.Has(route.Object.Name) {
			return fmt.Errorf("two HTTPRoutes are named %s", route.Object.Name)
		}
		names.Insert(route.Object.Name)
		if problems := k8svalidation.IsDNS1123Subdomain(route.Object.Name); len(problems) > 0 {
			return fmt.Errorf("an HTTPRoute is named %q: %v", route.Object.Name, problems)
		}
		if most := 16; len(route.Object.Spec.Rules) > most || len(route.Object.Spec.Hostnames) > most {
			return fmt.Errorf("HTTPRoute %s has %d rules and %d hosts", route.Object.Name, len(route.Object.Spec.Rules), len(route.Object.Spec.Hostnames))
		}
		for _, host := range route.Object.Spec.Hostnames {
			if !hosts[route.Visibility].Has(string(host)) {
				return fmt.Errorf("host %s is not of visibility %s", host, route.Visibility)
			}
		}
		for _, rule := range route.Object.Spec.Rules {
			redirects := len(rule.Filters) == 1 && rule.Filters[0].RequestRedirect != nil
			if refused := len(desired.Gaps)+len(desired.Refusals) > 0; len(rule.BackendRefs) == 0 && !redirects && (!refused || len(rule.Filters) > 0) {
				return fmt.Errorf("HTTPRoute %s has a rule without backends, and no gap or refusal says why: %v", route.Object.Name, rule)
			}
			if len(rule.BackendRefs) > 16 || slices.ContainsFunc(rule.BackendRefs, func(ref gatewayv1.HTTPBackendRef) bool { return *ref.Weight <= 0 }) {
				return fmt.Errorf("HTTPRoute %s has a rule with too many backends, or none of weight", route.Object.Name)
			}
		}
	}
	if err := soundListeners(in, desired); err != nil {
		return err
	}
	for _, refusal := range desired.Refusals {
		if refusal.Field == "" || refusal.Detail == "" || refusal.Code == "" {
			return fmt.Errorf("refusal %+v says too little", refusal)
		}
	}
	return nil
}

// ownGateway is the Gateway of a route's first parent, through a ListenerSet if it is one.
func ownGateway(route routes.Route, in input.Input, desired translate.Desired) string {
	parent := route.Object.Spec.ParentRefs[0]
	if *parent.Kind == "Gateway" {
		return string(*parent.Namespace) + "/" + string(parent.Name)
	}
	for _, set := range slices.Concat(desired.ListenerSets, slices.Collect(maps.Values(in.ListenerSets))) { // a route is last to leave one
		if set.Name == string(parent.Name) {
			return string(*set.Spec.ParentRef.Namespace) + "/" + string(set.Spec.ParentRef.Name)
		}
	}
	return "none"
}

// unserved lists the hosts that no HTTPRoute has.
func unserved(in input.Input, desired translate.Desired) []string {
	hosts := sets.New[string]()
	for _, rule := range in.Ingress.Spec.Rules {
		hosts.Insert(rule.Hosts...)
	}
	for _, route := range desired.Routes {
		for _, host := range route.Object.Spec.Hostnames {
			hosts.Delete(string(host))
		}
	}
	return sets.List(hosts)
}
