// SPDX-License-Identifier: Apache-2.0

package preview_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/preview"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/attached"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// TestPreviewPaths: B-CLI-3, B-PTH-4, over seeded random HTTPRoutes of which one changes, or which config-gateway switches on or off: the
// paths that lead elsewhere, and the refusals that are new, are as sets those of which the controller's rules then say so.
func TestPreviewPaths(t *testing.T) {
	ledElsewhere, refused := 0, 0
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			store := mapping(t, random)
			changed, next := clitest.Change(t, store, route(random, random.IntN(3)), ""), (*corev1.ConfigMap)(nil)
			if random.IntN(3) == 0 {
				changed, next = clitest.Change(t, store, "", ""), routing(random)
			}
			after := clitest.Reader(t, changed)
			if next != nil {
				after.SetState(view.StateOf("knative-serving", next))
			}
			report, err := preview.Compare(clitest.Reader(t, store), after, "a change", clitest.Now)
			if err != nil {
				t.Fatal(err)
			}
			if next != nil {
				clitest.Add(t, changed, corev1.SchemeGroupVersion.WithKind("ConfigMap"), next)
			}
			was, problemsBefore := served(t, store)
			is, problemsAfter := served(t, changed)
			want, got := []string{}, []string{}
			for at := range maps.Keys(merge(was, is)) {
				if was[at] != is[at] {
					want = append(want, fmt.Sprintf("%s: %s -> %s", at, was[at], is[at]))
				}
			}
			for _, change := range report.Paths {
				for _, host := range change.Hosts {
					got = append(got, fmt.Sprintf("%s %s %s: %s -> %s", change.Service, host, change.Match, change.From, change.To))
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Paths (-then, +preview):\n%s", diff)
			}
			fresh, told := []string{}, []string{}
			for problem := range problemsAfter {
				if !problemsBefore[problem] {
					fresh = append(fresh, problem)
				}
			}
			for _, refusal := range report.Refusals {
				told = append(told, refusal.HTTPRoute+" "+refusal.Message)
			}
			slices.Sort(fresh)
			slices.Sort(told)
			if diff := cmp.Diff(fresh, told); diff != "" {
				t.Errorf("Refusals (-then, +preview):\n%s", diff)
			}
			ledElsewhere, refused = ledElsewhere+len(got), refused+len(told)
		})
	}
	if ledElsewhere < seeds || refused < seeds/4 {
		t.Errorf("The changes lead %d paths elsewhere and %d are refused: that shows little", ledElsewhere, refused)
	}
}

func merge(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// routing is the config-gateway of the cluster with paths switched on or off.
func routing(random *rand.Rand) *corev1.ConfigMap {
	cm := &corev1.ConfigMap{}
	cm.Namespace, cm.Name = "knative-serving", config.Name
	cm.Data = map[string]string{config.ExternalGateways: "[{class: eg-blue, gateway: gateways/blue}]", config.LocalGateways: "[{class: eg-internal, gateway: gateways/internal}]"}
	if random.IntN(3) > 0 {
		cm.Data["path-routing"] = "disabled"
	}
	return cm
}

// route is an HTTPRoute of cart with a few rules, of which some may not be as they are.
func route(random *rand.Rand, number int) string {
	text := strings.Builder{}
	fmt.Fprintf(&text, `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: shop, name: route-%[1]d, uid: route-%[1]d, generation: 1, creationTimestamp: "2026-11-27T1%[1]d:00:00Z"}
spec:
  parentRefs: [{group: serving.knative.dev, kind: Service, name: cart}]
  rules:
`, number)
	for range 1 + random.IntN(3) {
		kind := []string{"PathPrefix", "PathPrefix", "Exact", "RegularExpression"}[random.IntN(4)]
		backend := []string{"checkout", "docs", "none"}[random.IntN(3)]
		fmt.Fprintf(&text, "  - matches: [{path: {type: %s, value: /%c}}]\n    backendRefs: [{group: serving.knative.dev, kind: Service, name: %s, weight: %d}]\n",
			kind, 'a'+rune(random.IntN(3)), backend, 1+random.IntN(2))
	}
	return text.String()
}

// mapping has up to three HTTPRoutes attached to cart, settled.
func mapping(t *testing.T, random *rand.Rand) *objects.Store {
	t.Helper()
	store, err := objects.Read("../command/testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := `apiVersion: networking.internal.knative.dev/v1alpha1
kind: Ingress
metadata:
  namespace: shop
  name: cart
  ownerReferences: [{apiVersion: serving.knative.dev/v1, kind: Route, name: cart, uid: route-cart, controller: true}]
`
	for number := range 1 + random.IntN(3) {
		text += route(random, number)
	}
	store = clitest.Change(t, store, text, "")
	clitest.Settle(t, store)
	return store
}

// served is where the paths of all hosts lead, and what of the HTTPRoutes is refused, by the translation itself.
func served(t *testing.T, store *objects.Store) (leads map[string]string, problems map[string]bool) {
	t.Helper()
	leads, problems = map[string]string{}, map[string]bool{}
	ing, err := objects.Get[v1alpha1.Ingress](store, objects.KIngresses, types.NamespacedName{Namespace: "shop", Name: "cart"})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range clitest.Examine(t, store, ing).Desired.Attached {
		for _, set := range one.Sets {
			for _, rule := range set.Rules {
				for _, match := range rule.Attached.Matches {
					for _, host := range set.Hosts {
						leads[fmt.Sprintf("shop/cart %s %s %s", host, *match.Path.Type, *match.Path.Value)] = lead(rule.Backends)
					}
				}
			}
		}
		for _, of := range [][]attached.Problem{one.Dropped, one.Unresolved} {
			for _, problem := range of {
				problems["shop/"+one.Source.Name+" "+problem.Detail] = true
			}
		}
	}
	return leads, problems
}

// lead is what the report says of backends: each gets all of its rule, because rules have one.
func lead(backends []rules.Backend) string {
	if len(backends) == 0 {
		return "answered 500"
	}
	if backends[0].Unresolved != nil {
		return "100% " + backends[0].Service.Name + " (answered 500: it does not exist)"
	}
	return "100% " + backends[0].Service.Name
}
