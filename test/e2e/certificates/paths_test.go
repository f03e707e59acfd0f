// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package certificates

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-PTH-7, B-TLS-2, B-TLS-3: a Knative Service to which an HTTPRoute with / and /api is attached before there is a
// certificate gets one by HTTP-01, although all requests are to be redirected. Then its paths are redirected to HTTPS,
// and /api is answered there by the other service, / by its own.
func TestCertificateUnderPaths_BPTH7_BTLS3(t *testing.T) {
	setConfig(t, "config-network", map[string]string{"external-domain-tls": "Enabled", "http-protocol": "Redirected"})
	space, roots := world.Space(t, nil), pebbleRoots(t)
	host := space.ExternalHost("web")
	cluster.HTTPRoutes.Create(t, world.Cluster, toUsers(space.Name, "/", "/api"))
	space.KService(t, fixture.Service{Name: "users", Image: fixture.Sleeper})
	space.KService(t, fixture.Service{Name: "web"})
	awaitHTTPS(t, space, "web")
	for path, text := range map[string]string{"/": "Hello World!", "/other": "Hello World!", "/api": "Slept for", "/api/orders": "Slept for"} {
		cluster.AwaitRight(t, world.Blue, cluster.Request{Host: host, Path: path, Roots: roots, Wrong: func(answer cluster.Answer) error {
			if !strings.Contains(answer.Body, text) {
				return fmt.Errorf("the wrong service answers: %s", answer)
			}
			return nil
		}}, cluster.Minutes)
		plain := cluster.AskFor(t.Context(), world.Blue, cluster.Request{Host: host, Path: path})
		if location := plain.Header.Get("Location"); plain.Code != http.StatusMovedPermanently || location != "https://"+host+path {
			t.Errorf("http://%s%s: %s, Location %s", host, path, plain, location)
		}
	}
	space.AwaitKServiceReady(t, "web", cluster.Seconds)
}

// toUsers is an HTTPRoute that leads paths of the Knative Service web to the Knative Service users.
func toUsers(namespace string, paths ...string) *gatewayv1.HTTPRoute {
	group, kind := gatewayv1.Group("serving.knative.dev"), gatewayv1.Kind("Service")
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "paths"}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{{Group: &group, Kind: &kind, Name: "web"}}
	for _, path := range paths {
		ref := gatewayv1.HTTPBackendRef{}
		ref.Group, ref.Kind, ref.Name = &group, &kind, "users"
		route.Spec.Rules = append(route.Spec.Rules, gatewayv1.HTTPRouteRule{
			Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: &path}}},
			BackendRefs: []gatewayv1.HTTPBackendRef{ref},
		})
	}
	return route
}
