// SPDX-License-Identifier: Apache-2.0

package apply_test

import (
	"errors"
	"slices"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	ktesting "k8s.io/client-go/testing"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/gateway-api/pkg/client/clientset/versioned/fake"

	"github.com/net-gateways/net-gateways/pkg/apply"
)

func serving(hosts ...gatewayv1.Hostname) edit {
	return func(r *gatewayv1.HTTPRoute) { r.Spec.Hostnames = hosts }
}

// TestNoHostIsLost: B-TRN-5, B-OPS-3, a host that is to move from one object to another stays where it is while the other
// one cannot be written, and nothing else waits for that.
func TestNoHostIsLost(t *testing.T) {
	failed := errors.New("failed calling webhook: connection refused")
	refused := apierrors.NewInvalid(schema.GroupKind{Kind: "HTTPRoute"}, "a.example.com", nil)
	tests := []struct {
		name, verb, object string
		err                error
		current, desired   []*gatewayv1.HTTPRoute
		want               []string
	}{{
		name: "a deletion", verb: "create", object: "a.example.com", err: failed,
		current: list(route("z.example.com", serving("a.example.com", "z.example.com")), route("other.example.com")), desired: list(route("a.example.com")),
		want: []string{"Deleted other.example.com"},
	}, {
		name: "a deletion, for a refusal", verb: "create", object: "a.example.com", err: refused,
		current: list(route("z.example.com", serving("a.example.com", "z.example.com")), route("other.example.com")), desired: list(route("a.example.com")),
		want: []string{"Deleted other.example.com"},
	}, {
		name: "an update that takes it", verb: "create", object: "a.example.com", err: failed,
		current: list(route("z.example.com", serving("a.example.com", "z.example.com")), route("gone.example.com", serving("x.example.com", "y.example.com"))),
		desired: list(route("a.example.com"), route("z.example.com"), route("gone.example.com", serving("y.example.com"))),
		want:    []string{"Updated gone.example.com"},
	}, {
		name: "a deletion, for an update", verb: "patch", object: "a.example.com", err: failed,
		current: list(route("a.example.com"), route("z.example.com")), desired: list(route("a.example.com", serving("a.example.com", "z.example.com"))),
		want: nil,
	}, {
		name: "all goes well", verb: "none",
		current: list(route("z.example.com", serving("a.example.com", "z.example.com")), route("other.example.com")), desired: list(route("a.example.com"), route("z.example.com")),
		want: []string{"Created a.example.com", "Updated z.example.com", "Deleted other.example.com"},
	}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := apiServer(t, test.current...)
			stored, before := held(t, client)
			changes := apply.Plan(owner, stored, test.desired)
			client.PrependReactor(test.verb, "httproutes", func(action ktesting.Action) (bool, runtime.Object, error) {
				return nameIn(action) == test.object, nil, test.err
			})
			result, err := apply.HTTPRoutes(client).Apply(t.Context(), owner, changes)
			if unexpected := test.err != nil && !apierrors.IsInvalid(test.err); unexpected != (err != nil) {
				t.Errorf("Apply() failed with %v", err)
			}
			if got := verbs(result); !slices.Equal(got, test.want) {
				t.Errorf("Writes %v, want %v", got, test.want)
			}
			_, after := held(t, client)
			for _, r := range test.desired {
				for _, host := range r.Spec.Hostnames {
					if before[host] && !after[host] {
						t.Errorf("%s was served before, and is on no HTTPRoute", host)
					}
				}
			}
		})
	}
}

func nameIn(action ktesting.Action) string {
	switch action := action.(type) {
	case ktesting.CreateAction:
		return action.GetObject().(*gatewayv1.HTTPRoute).Name
	case ktesting.PatchAction:
		return action.GetName()
	}
	return ""
}

// held is what is stored, and its hosts.
func held(t *testing.T, client *fake.Clientset) (routes []*gatewayv1.HTTPRoute, hosts map[gatewayv1.Hostname]bool) {
	t.Helper()
	all, err := client.GatewayV1().HTTPRoutes("default").List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	hosts = map[gatewayv1.Hostname]bool{}
	for i := range all.Items {
		routes = append(routes, &all.Items[i])
		for _, host := range all.Items[i].Spec.Hostnames {
			hosts[host] = true
		}
	}
	return routes, hosts
}
