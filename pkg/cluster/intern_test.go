// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"encoding/json"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/tools/txtar"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/cluster"
)

// decoded is a route as an informer gets it, with strings of its own.
func decoded(tb testing.TB, encoded []byte) *gatewayv1.HTTPRoute {
	tb.Helper()
	route := &gatewayv1.HTTPRoute{}
	if err := json.Unmarshal(encoded, route); err != nil {
		tb.Fatal(err)
	}
	return route
}

// TestIntern: B-OPS-2, equal strings of two objects are in memory once, wherever they stand; and nothing changes.
func TestIntern(t *testing.T) {
	long := strings.Repeat("long", 20)
	encoded, err := json.Marshal(&gatewayv1.HTTPRoute{
		ObjectMeta: metav1.ObjectMeta{Name: "hello", Labels: map[string]string{"a/label": "its value"}},
		Spec: gatewayv1.HTTPRouteSpec{
			Hostnames: []gatewayv1.Hostname{"hello.example.com"},
			Rules:     []gatewayv1.HTTPRouteRule{{Name: new(gatewayv1.SectionName("a name")), Matches: []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Value: &long}}}}},
		},
		Status: gatewayv1.HTTPRouteStatus{RouteStatus: gatewayv1.RouteStatus{Parents: []gatewayv1.RouteParentStatus{{ControllerName: "example.com/controller"}}}},
	})
	must(t, err)
	trim := cluster.Trimmed(func(metav1.Object) {})
	found := [2]*gatewayv1.HTTPRoute{}
	for i := range found {
		found[i] = decoded(t, encoded)
		_, err := trim(found[i])
		must(t, err)
		expect(t, "Route", decoded(t, encoded), found[i])
	}
	key := func(route *gatewayv1.HTTPRoute) string {
		for key := range route.Labels {
			return key
		}
		return ""
	}
	for what, of := range map[string]func(*gatewayv1.HTTPRoute) string{
		"a field":             func(r *gatewayv1.HTTPRoute) string { return r.Name },
		"the key of a label":  key,
		"a label":             func(r *gatewayv1.HTTPRoute) string { return r.Labels["a/label"] },
		"an item of a list":   func(r *gatewayv1.HTTPRoute) string { return string(r.Spec.Hostnames[0]) },
		"behind a pointer":    func(r *gatewayv1.HTTPRoute) string { return string(*r.Spec.Rules[0].Name) },
		"deep in the status":  func(r *gatewayv1.HTTPRoute) string { return string(r.Status.Parents[0].ControllerName) },
		"but not a long text": func(r *gatewayv1.HTTPRoute) string { return *r.Spec.Rules[0].Matches[0].Path.Value },
	} {
		shared := unsafe.StringData(of(found[0])) == unsafe.StringData(of(found[1]))
		expect(t, what, !strings.HasPrefix(what, "but not"), shared)
	}
}

// BenchmarkIntern: B-OPS-2, what the HTTPRoutes of a golden take in memory, with and without it, and how long it takes for one.
func BenchmarkIntern(b *testing.B) {
	archive, err := txtar.ParseFile(filepath.FromSlash("../translate/testdata/behaviour/tls-shared.txtar"))
	if err != nil {
		b.Fatal(err)
	}
	encoded := [][]byte{}
	for _, file := range archive.Files {
		if file.Name != "routes.yaml" {
			continue
		}
		for document := range strings.SplitSeq(string(file.Data), "\n---\n") {
			converted, err := yaml.YAMLToJSON([]byte(document))
			if err != nil {
				b.Fatal(err)
			}
			encoded = append(encoded, converted)
		}
	}
	for name, transform := range map[string]func(any) (any, error){
		"with":    cluster.Trimmed(func(metav1.Object) {}),
		"without": func(object any) (any, error) { return object, nil },
	} {
		b.Run(name, func(b *testing.B) {
			kept, before, after := make([]any, 0, b.N), runtime.MemStats{}, runtime.MemStats{}
			routes := make([]*gatewayv1.HTTPRoute, b.N)
			runtime.GC()
			runtime.ReadMemStats(&before)
			for i := range routes {
				routes[i] = decoded(b, encoded[i%len(encoded)])
			}
			b.ResetTimer()
			for _, route := range routes {
				object, err := transform(route)
				if err != nil {
					b.Fatal(err)
				}
				kept = append(kept, object)
			}
			b.StopTimer()
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(b.N), "bytes/route")
			b.ReportMetric(float64(after.HeapObjects-before.HeapObjects)/float64(b.N), "allocations/route")
			runtime.KeepAlive(kept)
		})
	}
}
