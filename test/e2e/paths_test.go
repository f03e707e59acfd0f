// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// What the two programs answer, at any path.
const (
	noodles = "Hello World!"
	slept   = "Slept for"
)

// isServed is the condition that net-gateways adds to the status of a route whose parent is a Knative object.
const isServed = "net-gateways.github.io/Served"

// paths is an HTTPRoute that leads a path prefix at a Knative object's hosts to a backend.
func paths(space *fixture.Space, parent gatewayv1.ParentReference, prefix string, backend gatewayv1.BackendObjectReference) *gatewayv1.HTTPRoute {
	route := &gatewayv1.HTTPRoute{ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "paths"}}
	route.Spec.ParentRefs = []gatewayv1.ParentReference{parent}
	route.Spec.Rules = []gatewayv1.HTTPRouteRule{{
		Matches:     []gatewayv1.HTTPRouteMatch{{Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: &prefix}}},
		BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{BackendObjectReference: backend}}},
	}}
	return route
}

func knative(kind, name string) gatewayv1.ParentReference {
	return gatewayv1.ParentReference{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind(kind)), Name: gatewayv1.ObjectName(name)}
}

func knativeService(name string) gatewayv1.BackendObjectReference {
	return gatewayv1.BackendObjectReference{Group: new(gatewayv1.Group("serving.knative.dev")), Kind: new(gatewayv1.Kind("Service")), Name: gatewayv1.ObjectName(name)}
}

// awaitCondition waits for a condition of a route's only parent to have a status.
func awaitCondition(t *testing.T, space *fixture.Space, kind string, status metav1.ConditionStatus, reason string) {
	t.Helper()
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, "paths", cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
		if route == nil || len(route.Status.Parents) != 1 {
			return errors.New("has not the status of one parent")
		}
		for _, condition := range route.Status.Parents[0].Conditions {
			if condition.Type == kind && condition.Status == status && (reason == "" || condition.Reason == reason) && condition.ObservedGeneration == route.Generation {
				return nil
			}
		}
		return fmt.Errorf("%s is not %s %s: %+v", kind, status, reason, route.Status.Parents[0].Conditions)
	})
}

func answers(host, path, text string) cluster.Request {
	return cluster.Request{Host: host, Path: path, Wrong: func(answer cluster.Answer) error {
		if !strings.Contains(answer.Body, text) {
			return fmt.Errorf("the wrong service answers: %s", answer)
		}
		return nil
	}}
}

// rollouts are two, or so many as ROLLOUTS says.
func rollouts(t *testing.T) int {
	t.Helper()
	text := os.Getenv("ROLLOUTS")
	if text == "" {
		return 2
	}
	number, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// B-PTH-1, B-PTH-2, B-PTH-4: two Knative Services under one host, by path. Neither the rollouts of one or the other nor the
// move of the host to another Gateway cost a request, or let the wrong service answer.
func TestPathsUnderOneHost_BPTH1_BPTH2_BPTH4(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "web"})
	space.KService(t, fixture.Service{Name: "users", Image: fixture.Sleeper})
	for _, name := range []string{"web", "users"} {
		space.AwaitKServiceReady(t, name, cluster.Minutes)
	}
	cluster.HTTPRoutes.Create(t, world.Cluster, paths(space, knative("Service", "web"), "/api", knativeService("users")))
	awaitCondition(t, space, isServed, metav1.ConditionTrue, "")
	host := space.ExternalHost("web")
	both := []cluster.Request{answers(host, "/", noodles), answers(host, "/api/orders", slept)}
	for _, request := range both {
		cluster.AwaitRight(t, world.Blue, request, cluster.Seconds)
	}
	load := cluster.StartRequests(t, world.Blue, 2*time.Millisecond, both...)
	for number := range rollouts(t) {
		for _, name := range []string{"users", "web"} {
			newRevision(t, space, name, fmt.Sprint(number))
		}
	}
	load.StopAllAnswered(t, 200, 500)

	load = cluster.StartRequests(t, world.Blue, 10*time.Millisecond, both...)
	cluster.KServices.Update(t, world.Cluster, space.Name, "web", func(service *cluster.Object) {
		if err := unstructured.SetNestedField(*service, "green", "metadata", "labels", "gateway"); err != nil {
			t.Error(err)
		}
	})
	for _, request := range both {
		cluster.AwaitRight(t, world.Green, request, cluster.Minutes)
	}
	load.StopAllAnswered(t, 200, 10)
	awaitCondition(t, space, isServed, metav1.ConditionTrue, "")
}

// newRevision gives a Knative Service a new Revision, and waits until it is Ready.
func newRevision(t *testing.T, space *fixture.Space, name, number string) {
	t.Helper()
	cluster.KServices.Update(t, world.Cluster, space.Name, name, func(service *cluster.Object) {
		if err := unstructured.SetNestedField(*service, number, "spec", "template", "metadata", "annotations", "rollout"); err != nil {
			t.Error(err)
		}
	})
	space.AwaitKServiceReady(t, name, cluster.Minutes)
}

// B-PTH-1, B-PTH-5, B-CLI-1: below a DomainMapping, to a Knative Service at zero, which sees the domain as Host, and to a plain Service; and
// a backend that comes and goes is said in the status.
func TestPathsBelowDomainMapping_BPTH1_BPTH5(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	domain := space.Name + ".paths.example.org"
	space.KService(t, fixture.Service{Name: "hello"})
	space.KService(t, fixture.Service{Name: "report", Image: fixture.Runtime, Revision: map[string]string{
		"autoscaling.knative.dev/min-scale": "0", "autoscaling.knative.dev/window": "6s",
	}})
	mapDomain(t, space, domain, nil)
	space.AwaitKServiceReady(t, "report", cluster.Minutes)
	space.AwaitMappingReady(t, domain, cluster.Minutes)
	route := paths(space, knative("DomainMapping", domain), "/report", knativeService("report"))
	plain := paths(space, knative("DomainMapping", domain), "/plain", gatewayv1.BackendObjectReference{Name: "plain", Port: new(gatewayv1.PortNumber(80))})
	route.Spec.Rules = append(route.Spec.Rules, plain.Spec.Rules...)
	cluster.HTTPRoutes.Create(t, world.Cluster, route)
	awaitCondition(t, space, string(gatewayv1.RouteConditionResolvedRefs), metav1.ConditionFalse, string(gatewayv1.RouteReasonBackendNotFound))
	explainsPaths(t, space, domain, "HTTPRoute "+space.Name+"/paths  adds paths to DomainMapping "+domain, "PathPrefix /report  ->  100% report-00001", "BackendNotFound: spec.rules[1].backendRefs[0]")
	awaitZero(t, space, "report")
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: domain, Path: "/report", Wrong: sees(domain)}, cluster.Minutes)
	cluster.AwaitRight(t, world.Blue, answers(domain, "/", noodles), cluster.Seconds)
	space.Backend(t, "plain")
	awaitCondition(t, space, string(gatewayv1.RouteConditionResolvedRefs), metav1.ConditionTrue, "")
	awaitCondition(t, space, isServed, metav1.ConditionTrue, "")
	explainsPaths(t, space, domain, "ok    Served     on Gateway ", "PathPrefix /plain  ->  100% plain:80")
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: domain, Path: "/plain"}, cluster.Seconds)
	cluster.HTTPRoutes.Delete(t, world.Cluster, space.Name, "paths")
	cluster.AwaitRight(t, world.Blue, answers(domain, "/report", noodles), cluster.Seconds)
}

// B-PTH-3, B-CLI-1: a backend of another namespace is refused, whatever is granted, and the paths of the parent stay as they are.
func TestPathsAcrossNamespaces_BPTH3(t *testing.T) {
	t.Parallel()
	space, far := world.Space(t, nil), world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "web"})
	space.AwaitKServiceReady(t, "web", cluster.Minutes)
	far.Backend(t, "far")
	backend := gatewayv1.BackendObjectReference{Name: "far", Namespace: new(gatewayv1.Namespace(far.Name)), Port: new(gatewayv1.PortNumber(80))}
	cluster.HTTPRoutes.Create(t, world.Cluster, paths(space, knative("Service", "web"), "/far", backend))
	awaitCondition(t, space, string(gatewayv1.RouteConditionResolvedRefs), metav1.ConditionFalse, string(gatewayv1.RouteReasonRefNotPermitted))
	explainsPaths(t, space, "web", "RefNotPermitted: spec.rules[0].backendRefs[0]", "PathPrefix /far  ->  answered 500")
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("web"), 200, cluster.Seconds)
	space.AwaitKServiceReady(t, "web", cluster.Seconds)
}

// B-PTH-8: the recipe of docs/paths.md for a host that Knative does not know: the application sees that host.
func TestPathsOfUnknownHost_BPTH8(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "report", Image: fixture.Runtime})
	space.AwaitKServiceReady(t, "report", cluster.Minutes)
	local, blue, host := world.DataPlane(t, world.Shared("internal"))[0], world.Shared("blue"), "legacy-"+space.Name+".example.net"
	grant := &gatewayv1beta1.ReferenceGrant{ObjectMeta: metav1.ObjectMeta{Namespace: local.Namespace, Name: space.Name}}
	grant.Spec.From = []gatewayv1beta1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "HTTPRoute", Namespace: gatewayv1.Namespace(space.Name)}}
	grant.Spec.To = []gatewayv1beta1.ReferenceGrantTo{{Kind: "Service", Name: new(gatewayv1.ObjectName(local.Name))}}
	cluster.ReferenceGrants.Create(t, world.Cluster, grant)
	parent := gatewayv1.ParentReference{Namespace: new(gatewayv1.Namespace(blue.Namespace)), Name: gatewayv1.ObjectName(blue.Name)}
	route := paths(space, parent, "/api", gatewayv1.BackendObjectReference{
		Namespace: new(gatewayv1.Namespace(local.Namespace)), Name: gatewayv1.ObjectName(local.Name), Port: new(gatewayv1.PortNumber(80)),
	})
	route.Spec.Hostnames = []gatewayv1.Hostname{gatewayv1.Hostname(host)}
	route.Spec.Rules[0].Filters = []gatewayv1.HTTPRouteFilter{
		{Type: gatewayv1.HTTPRouteFilterURLRewrite, URLRewrite: &gatewayv1.HTTPURLRewriteFilter{Hostname: new(gatewayv1.PreciseHostname(space.LocalHost("report")))}},
		{Type: gatewayv1.HTTPRouteFilterRequestHeaderModifier, RequestHeaderModifier: &gatewayv1.HTTPHeaderFilter{
			Set: []gatewayv1.HTTPHeader{{Name: "K-Original-Host", Value: host}},
		}},
	}
	cluster.HTTPRoutes.Create(t, world.Cluster, route)
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: host, Path: "/api", Wrong: sees(host)}, cluster.Minutes)
}
