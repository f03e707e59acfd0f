// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"flag"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
)

// FuzzAttached: B-PTH-1, B-PTH-7, no HTTPRoute that an API server stores makes the translation panic. The same
// input gives the same result, own rules are those without the HTTPRoute, and nothing that is rendered for it
// matches headers of Knative, challenges or probes. Only seeds and finds are checked for whether an API server
// admits the result.
func FuzzAttached(f *testing.F) {
	for _, path := range goldens(f) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if found, err := sections(archive); err == nil && strings.Contains(path, "/attached") {
			f.Add(found[sectionIngress], found[sectionObserved], true)
			f.Add(found[sectionIngress], found[sectionObserved], false)
		}
	}
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	definition, err := httpRouteCRD()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ingress, observed string, capable bool) {
		decoded := storable(ingress, observed, capable)
		if decoded == nil {
			return // no API server stores it
		}
		stored := decoded.observed.routes[:0]
		for _, route := range decoded.observed.routes {
			admitted := route
			if !fuzzing {
				if admitted, err = admit(definition, route); err != nil {
					continue
				}
			}
			if route.UID = "user"; len(route.Namespace) > 0 && len(route.Name) > 0 {
				stored = append(stored, admitted)
			}
		}
		decoded.observed.routes = stored
		for _, frontend := range []metav1.OwnerReference{
			{APIVersion: "serving.knative.dev/v1", Kind: "Route", Name: decoded.ingress.Labels["serving.knative.dev/service"]},
			{APIVersion: "serving.knative.dev/v1beta1", Kind: "DomainMapping", Name: decoded.ingress.Name},
		} {
			frontend.Controller, frontend.UID = new(true), "owner"
			decoded.ingress.OwnerReferences = []metav1.OwnerReference{frontend}
			checkAttached(t, decoded, func(route *gatewayv1.HTTPRoute) error {
				if fuzzing {
					return nil
				}
				return admitRoute(route)
			})
		}
	})
}

func checkAttached(t *testing.T, decoded *testCase, admitted func(*gatewayv1.HTTPRoute) error) {
	t.Helper()
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
	in.Attached = nil
	if without, _ := translate.Ingress(in); !reflect.DeepEqual(without.Routes, desired.Routes) || !reflect.DeepEqual(without.Refusals, desired.Refusals) || !reflect.DeepEqual(without.Gaps, desired.Gaps) {
		t.Error("Own routes are not those without attached ones (B-PTH-4, B-PTH-7)")
	}
	for _, one := range desired.Attached {
		if one.Refused == nil && !one.IsServed() && len(one.Dropped)+len(one.Unresolved) == 0 && len(one.Source.Spec.Rules) > 0 && len(one.Sets) > 0 {
			t.Error("Rules are not served in silence:", one.Source.Name)
		}
		for _, route := range one.Routes {
			if err := admitted(route.Object); err != nil {
				t.Errorf("HTTPRoute %s: %v", route.Object.Name, err)
			}
			reserved(t, route.Object)
		}
	}
}

// reserved complains about matches and filters that belong to Knative, except those of probe rules.
func reserved(t *testing.T, route *gatewayv1.HTTPRoute) {
	t.Helper()
	for _, rule := range route.Spec.Rules {
		for _, match := range rule.Matches {
			path, probes := *match.Path.Value, false
			for _, header := range match.Headers {
				name := strings.ToLower(string(header.Name))
				probes = probes || name == "k-network-hash"
				if strings.HasPrefix(name, "k-") && !probes || strings.HasPrefix(name, "knative-serving-") && name != "knative-serving-tag" {
					t.Errorf("HTTPRoute %s matches header %s", route.Name, header.Name)
				}
			}
			if strings.HasPrefix(path, "/.well-known/acme-challenge") || !probes && strings.HasPrefix(path, "/.well-known/net-gateways-probe") || *match.Path.Type == gatewayv1.PathMatchRegularExpression {
				t.Errorf("HTTPRoute %s matches path %s", route.Name, path)
			}
		}
	}
}

// TestOutcomeIsShort: B-PTH-7, the messages of a route with very many problems fit into a condition.
func TestOutcomeIsShort(t *testing.T) {
	problems := []attached.Problem{}
	for range 1000 {
		problems = append(problems, attached.Problem{Detail: strings.Repeat("x", 5000)})
	}
	if got := len(attached.Join(problems)); got > 32768 {
		t.Error("A message of", got, "bytes")
	}
}

// TestManyAttached: B-PTH-7, 10,000 rules of one tenant have a limit, each HTTPRoute says whether it is served, and
// the own routes of the KIngress are those without them.
func TestManyAttached(t *testing.T) {
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
	only := decoded.observed.routes[0]
	for i := range 624 {
		route := only.DeepCopy()
		route.Name, route.UID, route.Spec.Rules = fmt.Sprintf("paths-%d", i), types.UID(fmt.Sprint(i)), nil
		for j := range 16 {
			rule := only.Spec.Rules[0].DeepCopy()
			rule.Matches[0].Path.Value = new(fmt.Sprintf("/%d/%d", i, j))
			route.Spec.Rules = append(route.Spec.Rules, *rule)
		}
		decoded.observed.routes = append(decoded.observed.routes, route)
	}
	checkAttached(t, decoded, func(*gatewayv1.HTTPRoute) error { return nil })
	seen, err := decoded.observe(decoded.observed)
	if err != nil {
		t.Fatal(err)
	}
	desired, err := translate.Ingress(seen.Input())
	if err != nil {
		t.Fatal(err)
	}
	matches, served := 0, 0
	for _, one := range desired.Attached {
		for _, route := range one.Routes {
			for _, rule := range route.Object.Spec.Rules {
				matches += len(rule.Matches)
			}
		}
		if one.IsServed() {
			served++
		} else if one.Refused == nil || !strings.Contains(one.Refused.Detail, "have more than 1024 matches") {
			t.Errorf("HTTPRoute %s is not served, and says %+v", one.Source.Name, one.Refused)
		}
	}
	if probes := len(desired.All()); matches > 1024+probes || matches < 1000 || served < 30 {
		t.Errorf("%d matches in %d HTTPRoutes, %d of users are served", matches, probes, served)
	}
}
