// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-TRN-5, B-RDY-6: an HTTPRoute of our name that another client made is not touched,
// without labels and owner, or with a label like ours and another controller; its going
// cures the service by itself.
func TestForeignRoute_BTRN5_BRDY6_NotOwned(t *testing.T) {
	t.Parallel()
	for name, owner := range map[string]string{"bare": "no controller", "owned": "ConfigMap chart"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			space := world.Space(t, nil)
			host := space.ExternalHost(name)
			space.Backend(t, name)
			foreign := userRoute(space, host, "theirs-"+host, name)
			if name == "owned" {
				chart := cluster.ConfigMaps.Create(t, world.Cluster, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "chart"}})
				foreign.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(chart, corev1.SchemeGroupVersion.WithKind("ConfigMap"))}
				foreign.Labels = map[string]string{networking.IngressLabelKey: name}
			}
			before := cluster.HTTPRoutes.Create(t, world.Cluster, foreign)
			cluster.AwaitAnswer(t, world.Blue, "theirs-"+host, 200, cluster.Seconds)

			cluster.KIngresses.Create(t, world.Cluster, space.KIngress(name, nil))
			space.AwaitReason(t, name, cluster.Seconds, "NotOwned", "HTTPRoute "+space.Name+"/"+host, owner)
			if err := touched(before, cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, host)); err != nil {
				t.Errorf("HTTPRoute of another client: %v", err)
			}
			cluster.Answers(t, world.Blue, "theirs-"+host, 200)
			cluster.AwaitAnswer(t, world.Internal, space.LocalHost(name), 200, cluster.Seconds) // its other host is served

			cluster.HTTPRoutes.Delete(t, world.Cluster, space.Name, host)
			space.AwaitReady(t, name, cluster.Seconds)
			cluster.Answers(t, world.Blue, host, 200)
		})
	}
}

// B-TRN-5: deleting the KIngress leaves the foreign HTTPRoute alone.
func TestForeignRouteOutlivesService_BTRN5(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	host := space.ExternalHost("brief")
	space.Backend(t, "brief")
	before := cluster.HTTPRoutes.Create(t, world.Cluster, userRoute(space, host, host, "brief"))
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("brief", nil))
	space.AwaitReason(t, "brief", cluster.Seconds, "NotOwned")
	cluster.KIngresses.Delete(t, world.Cluster, space.Name, "brief")
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.LocalHost("brief"), cluster.Seconds, fixture.Gone[gatewayv1.HTTPRoute])
	if err := touched(before, cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, host)); err != nil {
		t.Error(err)
	}
	cluster.AwaitAnswers(t, world.Blue, host, 200)
}

// B-TRN-5, B-RDY-6: of two KIngresses with one host the older keeps it. The younger
// says who has it, serves its other hosts, and takes over when the older goes. Both
// in one namespace and across namespaces.
func TestHostConflict_BTRN5_BRDY6(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]int{"one-namespace": 1, "two-namespaces": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spaces := []*fixture.Space{}
			for range count {
				spaces = append(spaces, world.Space(t, nil))
			}
			// Of KIngresses of one second the name decides.
			slices.SortFunc(spaces, func(a, b *fixture.Space) int { return strings.Compare(a.Name, b.Name) })
			hostConflict(t, spaces[0], spaces[count-1])
		})
	}
}

func hostConflict(t *testing.T, space, other *fixture.Space) {
	t.Helper()
	shared := "shared-" + space.Name + ".example.net"
	older := space.Ingress("older", nil, space.Rule(v1alpha1.IngressVisibilityExternalIP, "older", shared))
	mark(older, "older")
	space.Backend(t, "older")
	cluster.KIngresses.Create(t, world.Cluster, older)
	space.AwaitReady(t, "older", cluster.Seconds)

	younger := other.Ingress("younger", nil,
		other.Rule(v1alpha1.IngressVisibilityExternalIP, "younger", shared),
		other.Rule(v1alpha1.IngressVisibilityExternalIP, "younger", other.ExternalHost("younger")))
	mark(younger, "younger")
	other.Backend(t, "younger")
	cluster.KIngresses.Create(t, world.Cluster, younger)
	holder := "the older KIngress " + space.Name + "/older"
	if space.Name != other.Name {
		holder = "an older KIngress of another namespace" // whose name is not for everybody
	}
	other.AwaitReason(t, "younger", cluster.Seconds, "HostConflict", shared, holder)
	cluster.AwaitAnswer(t, world.Blue, other.ExternalHost("younger"), 200, cluster.Seconds)
	if by := served(cluster.Answers(t, world.Blue, shared, 200)); by != "older" {
		t.Errorf("the shared host is served by %q, want older", by)
	}

	cluster.KIngresses.Delete(t, world.Cluster, space.Name, "older")
	other.AwaitReady(t, "younger", cluster.Seconds)
	if by := served(cluster.Answers(t, world.Blue, shared, 200)); by != "younger" {
		t.Errorf("the shared host is served by %q, want younger", by)
	}
}

// mark makes the backend's answers tell which KIngress sent the request.
func mark(ing *v1alpha1.Ingress, name string) {
	for _, rule := range ing.Spec.Rules {
		rule.HTTP.Paths[0].AppendHeaders = map[string]string{"E2e-Served-By": name}
	}
}
