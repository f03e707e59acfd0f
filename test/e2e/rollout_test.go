// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-RDY-3: a new backend that cannot be reached gets no traffic, the condition says which
// one is waited for, and traffic moves by itself once it answers.
func TestNewBackendIsProvenFirst_BRDY3(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	load := cluster.StartLoad(t, world.Blue, space.ExternalHost("hello"), 10*time.Millisecond)
	cluster.Services.Create(t, world.Cluster, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "next"},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(8080)}}},
	})
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) {
		for i := range ing.Spec.Rules {
			ing.Spec.Rules[i].HTTP.Paths[0].Splits[0].ServiceName = "next"
		}
	})
	reason, words := world.Installed.WithoutEndpoints("requests go where they went before", space.Name+"/next:80")
	space.AwaitReason(t, "hello", cluster.Seconds, reason, words...)
	cluster.Answers(t, world.Blue, space.ExternalHost("hello"), 200)
	space.Endpoints(t, "next")
	space.AwaitReady(t, "hello", cluster.Seconds)
	load.StopAllAnswered(t, 200, 100)
	for _, route := range routesOf(t, space) {
		if len(route.Spec.Rules) != 2 {
			t.Errorf("HTTPRoute %s has %d rules, want that for probes and that for requests", route.Name, len(route.Spec.Rules))
		}
	}
}

// B-SEL-5: a live service moves to another Gateway and back; both addresses answer all the
// time in which clients may use them, and it is Ready throughout.
func TestMoveBetweenGateways_BSEL5(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	host := space.ExternalHost("hello")
	flips := watchReady(t, space, "hello")
	addresses := map[string]string{"blue": world.Blue, "green": world.Green}
	for _, move := range [][2]string{{"blue", "green"}, {"green", "blue"}} {
		from, to := move[0], move[1]
		old := cluster.StartLoad(t, addresses[from], host, 10*time.Millisecond)
		label(t, space, to)
		awaitParents(t, space, to, from)
		awaitPublished(t, space, to)
		cluster.Answers(t, addresses[to], host, 200)
		next := cluster.StartLoad(t, addresses[to], host, 10*time.Millisecond)
		old.StopAllAnswered(t, 200, 20)
		awaitParents(t, space, to)
		cluster.AwaitAnswer(t, addresses[from], host, 404, cluster.Seconds)
		next.StopAllAnswered(t, 200, 20)
	}
	if states := flips(); len(states) != 1 || states[0] != "True" {
		t.Errorf("Ready went through %v", states)
	}
}

// B-SEL-5: a Gateway that takes no routes leaves the service where it is, Ready, and the
// condition says why it did not move.
func TestMoveToADeadEnd_BSEL5(t *testing.T) {
	t.Parallel()
	closed := fixture.Gateway("closed", "e2e-public", gatewayv1.NamespacesFromSame)
	world.CreateGateway(t, closed)
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	load := cluster.StartLoad(t, world.Blue, space.ExternalHost("hello"), 10*time.Millisecond)
	label(t, space, "closed")
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Minutes, func(ing *v1alpha1.Ingress) error {
		ready, network := fixture.Ready(ing), ing.Status.GetCondition(v1alpha1.IngressConditionNetworkConfigured)
		if !ready.IsTrue() || network == nil || network.Reason != "RouteNotAccepted" {
			return fmt.Errorf("ready %s, NetworkConfigured %+v", ready.Status, network)
		}
		return nil
	})
	load.StopAllAnswered(t, 200, 20)
	label(t, space, "blue")
	awaitParents(t, space, "blue")
	space.AwaitReady(t, "hello", cluster.Seconds)
}

func label(t *testing.T, space *fixture.Space, gateway string) {
	t.Helper()
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) {
		ing.Labels = map[string]string{"gateway": gateway}
	})
}

// awaitParents waits until the external route is attached to just these Gateways.
func awaitParents(t *testing.T, space *fixture.Space, gateways ...string) {
	t.Helper()
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost("hello"), cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
		if route == nil {
			return errors.New("does not exist")
		}
		found := []string{}
		for _, parent := range route.Spec.ParentRefs {
			found = append(found, string(parent.Name))
		}
		if !slices.Equal(found, gateways) {
			return fmt.Errorf("attached to %v, want %v", found, gateways)
		}
		return nil
	})
}

// awaitPublished waits until the status leads to the data plane of a shared Gateway.
func awaitPublished(t *testing.T, space *fixture.Space, gateway string) {
	t.Helper()
	service := world.DataPlane(t, world.Shared(gateway))[0]
	want := service.Name + "." + service.Namespace + ".svc.cluster.local"
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "hello", cluster.Minutes, func(ing *v1alpha1.Ingress) error {
		lb := ing.Status.PublicLoadBalancer
		if lb == nil || len(lb.Ingress) != 1 || lb.Ingress[0].DomainInternal != want {
			return fmt.Errorf("published %+v, want %s", lb, want)
		}
		return nil
	})
}

// watchReady collects the states of Ready that a KIngress goes through from now on, one
// after the other without repetition.
func watchReady(t *testing.T, space *fixture.Space, name string) func() []string {
	t.Helper()
	states := []string{}
	stop := cluster.KIngresses.Watch(t, world.Cluster, space.Name, metav1.ListOptions{FieldSelector: "metadata.name=" + name}, func(_ watch.EventType, ing *v1alpha1.Ingress) {
		if state := string(fixture.Ready(ing).Status); len(states) == 0 || states[len(states)-1] != state {
			states = append(states, state)
		}
	})
	return func() []string {
		stop()
		return states
	}
}
