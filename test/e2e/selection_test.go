// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"testing"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const externalGateway = "net-gateways.github.io/external-gateway"

// B-SEL-2: the label of a Knative Service chooses its Gateway. B-SEL-3: it is served
// there and nowhere else. B-SEL-4: a service calls another across Gateways, external
// and local ones, inside the cluster.
func TestServicesOnTwoGateways_BSEL2_BSEL3_BSEL4(t *testing.T) {
	t.Parallel()
	second := world.ServeGateway(t, "second", "e2e-private")
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "beta", Labels: map[string]string{"gateway": "green", "local": "second"}})
	space.KService(t, fixture.Service{Name: "alpha", Image: fixture.HTTPProxy, Env: map[string]string{"TARGET_HOST": space.LocalHost("beta")}})
	space.AwaitKServiceReady(t, "beta", cluster.Minutes)
	space.AwaitKServiceReady(t, "alpha", cluster.Minutes)

	beta := space.ExternalHost("beta")
	said := cluster.Answers(t, world.Green, beta, 200)
	cluster.Answers(t, world.Blue, beta, 404)
	cluster.AwaitAnswers(t, second, space.LocalHost("beta"), 200)
	cluster.Answers(t, world.Internal, space.LocalHost("beta"), 404)

	alpha := space.ExternalHost("alpha")
	cluster.Answers(t, world.Green, alpha, 404)
	through := cluster.Answers(t, world.Blue, alpha, 200)
	if through.Body != said.Body {
		t.Errorf("alpha says %q, which is not what beta said to it: %q", through.Body, said.Body)
	}
}

// B-SEL-2: a namespace selector reserves an entry, both selectors beat one, and a
// namespace outside of them gets neither.
func TestSelectors_BSEL2(t *testing.T) {
	t.Parallel()
	tenant := world.ServeGateway(t, "tenant", "e2e-public")
	gold := world.ServeGateway(t, "gold", "e2e-public")
	all := map[string]string{"blue": world.Blue, "green": world.Green, "tenant": tenant, "gold": gold}
	inside := world.Space(t, map[string]string{"tenant": "e2e"})
	outside := world.Space(t, nil)

	cases := []struct {
		name  string
		space *fixture.Space
		label map[string]string
		note  map[string]string
		want  string
	}{
		{"plain", inside, nil, nil, "tenant"},
		{"golden", inside, map[string]string{"tier": "gold"}, nil, "gold"},
		{"one-each", inside, map[string]string{"gateway": "green"}, nil, "green"}, // as specific as tenant, and earlier
		{"named", inside, map[string]string{"tier": "gold"}, map[string]string{externalGateway: "e2e-gateways/tenant"}, "tenant"},
		{"golden", outside, map[string]string{"tier": "gold"}, nil, "blue"},
		{"named", outside, nil, map[string]string{externalGateway: world.Shared("green").String()}, "green"},
	}
	for _, c := range cases {
		ing := c.space.KIngress(c.name, c.label)
		for key, value := range c.note {
			ing.Annotations[key] = value
		}
		c.space.Backend(t, c.name)
		cluster.KIngresses.Create(t, world.Cluster, ing)
	}
	for _, c := range cases {
		c.space.AwaitReady(t, c.name, cluster.Minutes)
		for gateway, address := range all {
			want := 404
			if gateway == c.want {
				want = 200
			}
			cluster.AwaitAnswers(t, address, c.space.ExternalHost(c.name), want)
		}
	}
}

// B-SEL-2: an annotation that names a reserved entry is refused outside of its
// namespaces, in words that tell a tenant nothing, and nothing is served anywhere.
func TestAnnotationOutsideOfItsNamespaces_BSEL2(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	for name, gateway := range map[string]string{"reserved": "e2e-gateways/tenant", "unknown": "e2e-gateways/no-such"} {
		space.Backend(t, name)
		ing := space.Ingress(name, nil, space.Rule(v1alpha1.IngressVisibilityExternalIP, name, space.ExternalHost(name)))
		ing.Annotations[externalGateway] = gateway
		cluster.KIngresses.Create(t, world.Cluster, ing)
		found := space.AwaitReason(t, name, cluster.Seconds, "GatewayNotFound", externalGateway, gateway, space.Name)
		if status := fixture.Ready(found).Status; status != "False" {
			t.Errorf("Ready is %s, want False: nothing will change by itself", status)
		}
		cluster.Answers(t, world.Blue, space.ExternalHost(name), 404)
		cluster.Answers(t, world.Green, space.ExternalHost(name), 404)
	}
	if routes := routesOf(t, space); len(routes) > 0 {
		t.Errorf("%d HTTPRoutes were written", len(routes))
	}
}

// B-SEL-2: a DomainMapping is served by the Gateway of the service that it maps to.
func TestDomainMappingInherits_BSEL2(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	domain := space.Name + ".mapped.example.org"
	space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"gateway": "green"}})
	cluster.Claims.Create(t, world.Cluster, &cluster.Object{
		"metadata": map[string]any{"name": domain},
		"spec":     map[string]any{"namespace": space.Name},
	})
	cluster.DomainMappings.Create(t, world.Cluster, &cluster.Object{
		"metadata": map[string]any{"namespace": space.Name, "name": domain},
		"spec": map[string]any{"ref": map[string]any{
			"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "hello", "namespace": space.Name,
		}},
	})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	space.AwaitMappingReady(t, domain, cluster.Minutes)
	direct := cluster.Answers(t, world.Green, space.ExternalHost("hello"), 200)
	if mapped := cluster.Answers(t, world.Green, domain, 200); mapped.Body != direct.Body {
		t.Errorf("the mapping says %q, the service %q", mapped.Body, direct.Body)
	}
	cluster.Answers(t, world.Blue, domain, 404)
}
