// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// origin is a page of another host, which a browser says with its requests.
const origin = "https://shop.example.org"

// userPolicy is a policy that a user writes for routes with a label, as docs/policies.md has it.
type userPolicy struct {
	name string
	kind cluster.Kind[cluster.Object]
	spec map[string]any
	// stops are headers of a request that the policy answers itself, with code, if that is not 0.
	stops map[string]string
	code  int
	// passes are headers of one that the service answers, and shows is a header that the policy adds.
	passes map[string]string
	shows  string
}

func userPolicies() []userPolicy {
	return []userPolicy{
		{name: "basic-auth", kind: cluster.SecurityPolicies, code: http.StatusUnauthorized,
			spec:   map[string]any{"basicAuth": map[string]any{"users": map[string]any{"name": "users"}}},
			passes: map[string]string{"Authorization": "Basic dXNlcjpwYXNzd29yZA=="}},
		{name: "cors", kind: cluster.SecurityPolicies, shows: "Access-Control-Allow-Origin",
			spec:   map[string]any{"cors": map[string]any{"allowOrigins": []any{origin}, "allowMethods": []any{"GET"}}},
			passes: map[string]string{"Origin": origin}},
		{name: "rate-limit", kind: cluster.TrafficPolicies, code: http.StatusTooManyRequests,
			spec: map[string]any{"rateLimit": map[string]any{"type": "Local", "local": map[string]any{"rules": []any{map[string]any{
				"clientSelectors": []any{map[string]any{"headers": []any{map[string]any{"name": "x-tenant", "value": "greedy"}}}},
				"limit":           map[string]any{"requests": int64(1), "unit": "Hour"},
			}}}}},
			stops: map[string]string{"X-Tenant": "greedy"}},
		{name: "ext-auth", kind: cluster.SecurityPolicies, code: http.StatusForbidden,
			spec: map[string]any{"extAuth": map[string]any{
				"headersToExtAuth": []any{"x-user"},
				"http":             map[string]any{"backendRefs": []any{map[string]any{"name": "authority", "port": int64(80)}}},
			}}},
	}
}

// B-TRN-6, B-RDY-12: a policy of a user finds our HTTPRoutes by a label of the service, and holds for HTTP, for HTTPS through a
// ListenerSet, and while the service is rolled out; who may pass gets an answer throughout.
func TestPoliciesOfUsers_BTRN6_BRDY12(t *testing.T) {
	t.Parallel()
	world.Need(t, gateways.HasPolicies)
	for _, policy := range userPolicies() {
		t.Run(policy.name, func(t *testing.T) {
			t.Parallel()
			if policy.name == "ext-auth" {
				deniedWithoutAuthority(t, policy)
				return
			}
			holds(t, policy)
		})
	}
}

func holds(t *testing.T, policy userPolicy) {
	t.Helper()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("hello")
	space.Secret(t, authority, "certificate", host)
	cluster.Secrets.Create(t, world.Cluster, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "users"},
		Data:       map[string][]byte{".htpasswd": []byte("user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n")}, // password
	})
	applyTo(t, space, policy)
	for _, name := range []string{"hello", "next"} {
		space.Backend(t, name)
	}
	ing := fixture.WithTLS(space.KIngress("hello", map[string]string{"policy": policy.name}), "certificate", host)
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReady(t, "hello", cluster.Minutes)
	plain := cluster.Request{Host: host, Header: policy.passes, Wrong: func(answer cluster.Answer) error {
		if policy.shows != "" && answer.Header.Get(policy.shows) != origin {
			return fmt.Errorf("the answer has not the header %s", policy.shows)
		}
		return nil
	}}
	secure := plain
	secure.Roots = authority.Roots
	for _, request := range []cluster.Request{plain, secure} {
		cluster.AwaitRight(t, world.Blue, request, cluster.Seconds)
		stopped(t, policy, request)
	}
	loads := []*cluster.Load{cluster.StartRequests(t, world.Blue, 10*time.Millisecond, plain), cluster.StartRequests(t, world.Blue, 20*time.Millisecond, secure)}
	for _, backend := range []string{"next", "hello"} {
		cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) { leadTo(ing, backend) })
		space.AwaitReady(t, "hello", cluster.Minutes)
		stopped(t, policy, plain)
	}
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 50)
	}
}

// applyTo writes the policy for the routes of services with the label.
func applyTo(t *testing.T, space *fixture.Space, policy userPolicy) {
	t.Helper()
	policy.spec["targetSelectors"] = []any{map[string]any{
		"group": cluster.HTTPRoutes.Group, "kind": cluster.HTTPRoutes.Kind, "matchLabels": map[string]any{"policy": policy.name},
	}}
	policy.kind.Create(t, world.Cluster, &cluster.Object{"metadata": map[string]any{"namespace": space.Name, "name": policy.name}, "spec": policy.spec})
}

// stopped asks until the policy answers in the service's place, if it does that at all.
func stopped(t *testing.T, policy userPolicy, like cluster.Request) {
	t.Helper()
	if policy.code == 0 {
		return
	}
	like.Header, like.Wrong = policy.stops, nil
	for range 5 { // a rate limit lets some pass
		if answer := cluster.AskFor(t.Context(), world.Blue, like); answer.Code == policy.code {
			return
		}
	}
	t.Errorf("%s does not answer %d", policy.name, policy.code)
}

// deniedWithoutAuthority: an authority that cannot be asked lets no client pass, and one that says yes all. Envoy Gateway answers
// 403 where the authority does not answer, and refuses the policy, and with it the routes, where its Service has no ready endpoint
// (https://github.com/envoyproxy/gateway/blob/v1.9.1/internal/gatewayapi/route.go#L3120,
// https://github.com/envoyproxy/gateway/blob/v1.9.1/internal/gatewayapi/securitypolicy.go#L1463).
func deniedWithoutAuthority(t *testing.T, policy userPolicy) {
	t.Helper()
	space := world.Space(t, nil)
	host := space.ExternalHost("hello")
	answers := func(code int) { t.Helper(); cluster.AwaitAnswer(t, world.Blue, host, code, cluster.Seconds) }
	space.Backend(t, "authority")
	applyTo(t, space, policy)
	space.Serve(t, "hello", map[string]string{"policy": policy.name})
	answers(http.StatusOK)
	cluster.EndpointSlices.Update(t, world.Cluster, space.Name, "authority", func(slice *discoveryv1.EndpointSlice) {
		slice.Ports[0].Port = new(int32(fixture.DeadPort))
	})
	answers(policy.code)
	cluster.EndpointSlices.Delete(t, world.Cluster, space.Name, "authority")
	answers(http.StatusInternalServerError)
	space.Endpoints(t, "authority")
	answers(http.StatusOK)
}
