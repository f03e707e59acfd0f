// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	"knative.dev/networking/pkg/apis/networking"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	dnsAnnotation   = "external-dns.alpha.kubernetes.io/ttl"
	classAnnotation = "networking.knative.dev/ingress.class"
	kubectlsOwn     = "kubectl.kubernetes.io/last-applied-configuration"
)

// B-TRN-6: labels and annotations of the KIngress are carried, changed and taken back
// with it; those that others put on our HTTPRoute stay.
func TestMetadata_BTRN6(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	name, host := "hello", space.ExternalHost("hello")
	ing := space.KIngress(name, map[string]string{"team": "a", "zone": "north"})
	ing.Annotations["note"], ing.Annotations["brief"], ing.Annotations[kubectlsOwn] = "first", "yes", "{}"
	space.Backend(t, name)
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReady(t, name, cluster.Seconds)
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, host, cluster.Seconds, carries(
		map[string]string{"team": "a", "zone": "north"},
		map[string]string{"note": "first", "brief": "yes"}, kubectlsOwn, classAnnotation))

	decorate(t, space, host)
	cluster.KIngresses.Update(t, world.Cluster, space.Name, name, func(ing *v1alpha1.Ingress) {
		ing.Labels["team"], ing.Annotations["note"] = "b", "second"
		delete(ing.Labels, "zone")
		delete(ing.Annotations, "brief")
		mark(ing, "second")
	})
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, host, cluster.Seconds, carries(
		map[string]string{"team": "b", "theirs": "kept"},
		map[string]string{"note": "second", dnsAnnotation: "60"}, "zone", "brief", kubectlsOwn, classAnnotation))
	space.AwaitReady(t, name, cluster.Seconds)
	if by := served(cluster.Answers(t, world.Blue, host, 200)); by != "second" {
		t.Errorf("the second generation is Ready, and %q is served", by)
	}
}

// B-TRN-6: what a user changes by hand in what is ours is repaired; what they added
// stays; an HTTPRoute that they delete comes back.
func TestDriftIsRepaired_BTRN6(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	name, host := "hello", space.ExternalHost("hello")
	space.Serve(t, name, map[string]string{"team": "a"})
	decorate(t, space, host)
	before := cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, host)
	drifts := map[string]func(*gatewayv1.HTTPRoute){
		"rules":     func(route *gatewayv1.HTTPRoute) { route.Spec.Rules = route.Spec.Rules[:1] },
		"hostnames": func(route *gatewayv1.HTTPRoute) { route.Spec.Hostnames = []gatewayv1.Hostname{"drift.example.com"} },
		"parents":   func(route *gatewayv1.HTTPRoute) { route.Spec.ParentRefs[0].Name = "green" },
		"label":     func(route *gatewayv1.HTTPRoute) { route.Labels["team"] = "drift" },
		"our label": func(route *gatewayv1.HTTPRoute) { delete(route.Labels, networking.IngressLabelKey) },
	}
	for what, drift := range drifts {
		cluster.HTTPRoutes.Update(t, world.Cluster, space.Name, host, drift)
		cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, host, cluster.Seconds, func(route *gatewayv1.HTTPRoute) error {
			switch {
			case route == nil:
				return errors.New("does not exist")
			case !equality.Semantic.DeepEqual(route.Spec, before.Spec):
				return fmt.Errorf("%s: its spec is not repaired", what)
			}
			if err := carries(before.Labels, map[string]string{dnsAnnotation: "60"})(route); err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			return nil
		})
	}
	space.AwaitReady(t, name, cluster.Seconds)
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)

	cluster.HTTPRoutes.Delete(t, world.Cluster, space.Name, host)
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, host, cluster.Seconds, func(route *gatewayv1.HTTPRoute) error {
		if route == nil || route.UID == before.UID {
			return errors.New("it is not back")
		}
		return nil
	})
	space.AwaitReady(t, name, cluster.Seconds)
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
}

// B-TRN-7: an HTTPRoute of a user on the same Gateway is served without a gap and not
// written to, whatever happens to KIngresses beside it, in its namespace too.
func TestUserRouteSideBySide_BTRN7(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	host := "own." + space.Name + ".example.com"
	space.Backend(t, "own")
	before := cluster.HTTPRoutes.Create(t, world.Cluster, userRoute(space, "own", host, "own"))
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
	load := cluster.StartLoad(t, world.Blue, host, 50*time.Millisecond)
	for _, name := range []string{"one", "two", "three"} {
		space.Serve(t, name, nil)
	}
	cluster.KIngresses.Update(t, world.Cluster, space.Name, "one", func(ing *v1alpha1.Ingress) { mark(ing, "again") })
	space.AwaitReady(t, "one", cluster.Seconds)
	for _, name := range []string{"one", "two", "three"} {
		cluster.KIngresses.Delete(t, world.Cluster, space.Name, name)
		cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost(name), cluster.Seconds, fixture.Gone[gatewayv1.HTTPRoute])
	}
	if err := touched(before, cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, "own")); err != nil {
		t.Error(err)
	}
	load.StopAllAnswered(t, 200, 20)
}

// decorate is what external-dns, policies and GitOps do to HTTPRoutes.
func decorate(t *testing.T, space *fixture.Space, route string) {
	t.Helper()
	cluster.HTTPRoutes.Update(t, world.Cluster, space.Name, route, func(route *gatewayv1.HTTPRoute) {
		route.Labels["theirs"], route.Annotations[dnsAnnotation] = "kept", "60"
	})
}

// carries is met when the route has these labels and annotations, and none of the
// others.
func carries(labels, annotations map[string]string, absent ...string) cluster.Met[gatewayv1.HTTPRoute] {
	return func(route *gatewayv1.HTTPRoute) error {
		if route == nil {
			return errors.New("does not exist")
		}
		for _, side := range []struct{ have, want map[string]string }{{route.Labels, labels}, {route.Annotations, annotations}} {
			for key, value := range side.want {
				if err := differ(key, side.have[key], value); err != nil {
					return err
				}
			}
			for _, key := range absent {
				if value, there := side.have[key]; there {
					return fmt.Errorf("%s: %q is there", key, value)
				}
			}
		}
		return nil
	}
}
