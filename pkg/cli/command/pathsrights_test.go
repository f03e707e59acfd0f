// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// withPaths is the settled cluster of the golden about paths.
func withPaths(t *testing.T) *objects.Store {
	t.Helper()
	text, err := os.ReadFile("testdata/paths.txtar")
	if err != nil {
		t.Fatal(err)
	}
	store, err := objects.Read("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range txtar.Parse(text).Files {
		if section.Name == "before.yaml" {
			store = clitest.Change(t, store, string(section.Data), "")
		}
	}
	clitest.Settle(t, store)
	return store
}

// TestPathsOfOneService: B-CLI-2, explain of one service with HTTPRoutes that are attached to it lists nothing of the whole cluster, nor the
// HTTPRoutes of other services of the namespace; without the right to list HTTPRoutes it says so.
func TestPathsOfOneService(t *testing.T) {
	for name, test := range map[string]struct {
		may   func(objects.Kind, string) bool
		words []string
	}{
		"all": {func(objects.Kind, string) bool { return true }, []string{
			"DomainMapping shop/shop.example.com is Ready for 3m12s", "HTTPRoute shop/paths  adds paths to DomainMapping shop.example.com",
			"PathPrefix /api  ->  90% checkout-00006, 10% cart-00001"}},
		"no HTTPRoutes": {func(kind objects.Kind, _ string) bool { return kind != objects.HTTPRoutes && kind != objects.CRDs }, []string{
			"DomainMapping shop/shop.example.com is Ready for 3m12s", "Note  cannot read any HTTPRoute of namespace shop: forbidden"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := &bytes.Buffer{}
			c := &common{Streams: Streams{Out: out, Env: func(string) string { return "" }, Now: func() time.Time { return clitest.Now }}, system: "knative-serving"}
			source := &tenant{Source: withPaths(t), t: t, may: test.may}
			report, err := c.explain(source, "shop/shop.example.com")
			if err != nil {
				t.Fatal(err)
			}
			_ = c.write(report)
			for _, want := range test.words {
				if !strings.Contains(out.String(), want) {
					t.Errorf("It does not say %q:\n%s", want, out)
				}
			}
			if n := len(source.asked); n > 30 {
				t.Errorf("It asks %d times: %q", n, source.asked)
			}
		})
	}
}

// TestPathsOfManyServices: B-CLI-2, the requests of explain do not grow with the other services and HTTPRoutes of the namespace.
func TestPathsOfManyServices(t *testing.T) {
	asked := map[int]int{}
	for _, others := range []int{0, 50} {
		store := withPaths(t)
		text := strings.Builder{}
		for i := range others {
			fmt.Fprintf(&text, `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {namespace: shop, name: other-%[1]d, uid: other-%[1]d, creationTimestamp: "2026-11-27T10:00:00Z"}
spec:
  parentRefs: [{group: serving.knative.dev, kind: Service, name: other-%[1]d}]
  rules: [{matches: [{path: {type: PathPrefix, value: /x}}], backendRefs: [{group: serving.knative.dev, kind: Service, name: other-%[1]d}]}]
`, i)
		}
		c := &common{Streams: Streams{Out: &bytes.Buffer{}, Env: func(string) string { return "" }, Now: func() time.Time { return clitest.Now }}, system: "knative-serving"}
		source := &tenant{Source: clitest.Change(t, store, text.String(), ""), t: t, may: func(objects.Kind, string) bool { return true }}
		if _, err := c.explain(source, "shop/shop.example.com"); err != nil {
			t.Fatal(err)
		}
		asked[others] = len(source.asked)
	}
	if asked[0] != asked[50] {
		t.Errorf("It asks %d times, and with 50 other HTTPRoutes %d times", asked[0], asked[50])
	}
}
