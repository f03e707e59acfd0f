// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"strings"
	"sync/atomic"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-RDY-6 RefsNotResolved: a backend Service that is missing, is created, is deleted
// and comes again moves the KIngress both ways, within seconds.
func TestBackendComesAndGoes_BRDY6_RefsNotResolved(t *testing.T) {
	t.Parallel()
	for name, port := range map[string]intstr.IntOrString{"numbered": intstr.FromInt32(80), "named": intstr.FromString("http")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			space := world.Space(t, nil)
			ing := space.KIngress(name, nil)
			for _, rule := range ing.Spec.Rules {
				rule.HTTP.Paths[0].Splits[0].ServicePort = port
			}
			cluster.KIngresses.Create(t, world.Cluster, ing)
			space.AwaitReason(t, name, cluster.Seconds, "RefsNotResolved", name)

			space.Backend(t, name)
			space.AwaitReady(t, name, cluster.Seconds)
			cluster.Answers(t, world.Blue, space.ExternalHost(name), 200)

			backend := cluster.Services.Get(t, world.Cluster, space.Name, name)
			cluster.Services.Delete(t, world.Cluster, space.Name, name)
			space.AwaitReason(t, name, cluster.Seconds, "RefsNotResolved", name)

			cluster.Services.Create(t, world.Cluster, &corev1.Service{
				ObjectMeta: fixture.Renewed(backend.ObjectMeta), Spec: corev1.ServiceSpec{Ports: backend.Spec.Ports},
			})
			space.AwaitReady(t, name, cluster.Seconds)
			cluster.AwaitAnswer(t, world.Blue, space.ExternalHost(name), 200, cluster.Seconds)
		})
	}
}

// B-RDY-6 RefsNotResolved: a Service whose port is renamed, and renamed back, moves the
// KIngress that names the port; a Service that gets another port number is followed.
func TestBackendChanges_BRDY6_RefsNotResolved(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	ing := space.KIngress("hello", nil)
	for _, rule := range ing.Spec.Rules {
		rule.HTTP.Paths[0].Splits[0].ServicePort = intstr.FromString("http")
	}
	space.Backend(t, "hello")
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReady(t, "hello", cluster.Seconds)
	change := func(name string, number int32) {
		cluster.Services.Update(t, world.Cluster, space.Name, "hello", func(service *corev1.Service) {
			service.Spec.Ports[0].Name, service.Spec.Ports[0].Port = name, number
		})
	}
	change("web", 80)
	space.AwaitReason(t, "hello", cluster.Seconds, "RefsNotResolved", space.Name+"/hello", `"http"`)
	change("http", 8888)
	space.AwaitReady(t, "hello", cluster.Seconds)
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("hello"), 200, cluster.Seconds)
}

// B-RDY-6 RefsNotResolved: an ExternalName that leads to another namespace needs a
// ReferenceGrant there, which only its owner gives; the KIngress follows it both ways.
func TestGrantComesAndGoes_BRDY6_RefsNotResolved(t *testing.T) {
	t.Parallel()
	space, far := world.Space(t, nil), world.Space(t, nil)
	far.Backend(t, "hello")
	cluster.Services.Create(t, world.Cluster, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "hello"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: far.LocalHost("hello")},
	})
	var early atomic.Bool // B-RDY-1: where it may not reach the backend the gateway adds its hash to a 500
	stop := cluster.KIngresses.Watch(t, world.Cluster, space.Name, metav1.ListOptions{}, func(_ watch.EventType, ing *v1alpha1.Ingress) {
		early.CompareAndSwap(false, fixture.Ready(ing).IsTrue())
	})
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", nil))
	space.AwaitReason(t, "hello", cluster.Seconds, "RefsNotResolved", "RefNotPermitted", far.Name+"/hello", "ReferenceGrant")
	stop()
	if early.Load() {
		t.Error("it was Ready before the grant")
	}

	grant := &gatewayv1beta1.ReferenceGrant{ObjectMeta: metav1.ObjectMeta{Namespace: far.Name, Name: "hello"}}
	grant.Spec.From = []gatewayv1beta1.ReferenceGrantFrom{{Group: gatewayv1.GroupName, Kind: "HTTPRoute", Namespace: gatewayv1.Namespace(space.Name)}}
	grant.Spec.To = []gatewayv1beta1.ReferenceGrantTo{{Kind: "Service"}}
	cluster.ReferenceGrants.Create(t, world.Cluster, grant)
	space.AwaitReady(t, "hello", cluster.Seconds)
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
	cluster.ReferenceGrants.Delete(t, world.Cluster, far.Name, "hello")
	space.AwaitReason(t, "hello", cluster.Seconds, "RefsNotResolved", "RefNotPermitted")
}

// B-RDY-6 GatewayNotFound: a Gateway of another class than its entry says is not
// used, and the condition names both classes. B-SEL-6: the right class cures it.
func TestGatewayOfAnotherClass_BRDY6_GatewayNotFound_BSEL6(t *testing.T) {
	t.Parallel()
	world.Need(t, gateways.MakesProxies)
	space := world.Space(t, nil)
	world.CreateGateway(t, fixture.Gateway("classless", "e2e-nobody", gatewayv1.NamespacesFromAll))
	space.KService(t, fixture.Service{Name: "hello", Labels: map[string]string{"gateway": "classless"}})
	space.AwaitReason(t, "hello", cluster.Minutes, "GatewayNotFound", "e2e-gateways/classless", "e2e-nobody", "e2e-public")
	space.AwaitKServiceReason(t, "hello", cluster.Seconds, "GatewayNotFound")
	for _, route := range routesOf(t, space) {
		for _, parent := range route.Spec.ParentRefs {
			if parent.Name == "classless" {
				t.Errorf("HTTPRoute %s is attached to a Gateway of the wrong class", route.Name)
			}
		}
	}
	cluster.Gateways.Update(t, world.Cluster, fixture.GatewayNamespace, "classless", func(gateway *gatewayv1.Gateway) {
		gateway.Spec.GatewayClassName = "e2e-public"
	})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
}

// B-RDY-6 Unsupported: what the API server refuses, and what an HTTPRoute cannot
// hold, is said with its field; the rest of the KIngress is served.
func TestTooManyBackends_BRDY6_Unsupported(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	ing := space.KIngress("wide", nil)
	split := ing.Spec.Rules[1].HTTP.Paths[0].Splits[0]
	splits := []v1alpha1.IngressBackendSplit{}
	for i := range 20 {
		split.Percent = 5
		split.AppendHeaders = map[string]string{"E2e-Part": strings.Repeat("x", i+1)}
		splits = append(splits, split)
	}
	ing.Spec.Rules[1].HTTP.Paths[0].Splits = splits
	space.Backend(t, "wide")
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReason(t, "wide", cluster.Seconds, "Unsupported", "spec.rules[1].http.paths[0].splits", "20 backends")
	cluster.AwaitAnswer(t, world.Internal, space.LocalHost("wide"), 200, cluster.Seconds)
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("wide"), 500, cluster.Seconds)
}

// B-RDY-6 ProbeFailed: a backend without endpoints; the condition names host, address
// and code. When they come, the KIngress is Ready by itself, with the new generation.
func TestBackendDoesNotAnswer_BRDY6_ProbeFailed(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.LabelledBackend(t, "mute", map[string]string{"serving.knative.dev/revision": "mute-00001"})
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("mute", nil))
	space.AwaitReady(t, "mute", cluster.Seconds) // the shared backend does answer
	cluster.EndpointSlices.Delete(t, world.Cluster, space.Name, "mute")
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "mute", func(ing *v1alpha1.Ingress) { mark(ing, "again") })
	reason, words := world.Installed.WithoutEndpoints(space.ExternalHost("mute"), "503", world.Shared("blue").String())
	space.AwaitReason(t, "mute", cluster.Seconds, reason, words...)
	space.Endpoints(t, "mute")
	space.AwaitReady(t, "mute", cluster.Seconds)
	if by := served(cluster.Answers(t, world.Blue, space.ExternalHost("mute"), 200)); by != "again" {
		t.Errorf("Ready, and the new generation is not served: %q", by)
	}
}
