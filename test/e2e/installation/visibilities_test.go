// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-INS-3: one Gateway in both lists is accepted with a warning at admission, serves the
// hosts of both visibilities, and its services and the ConfigMap always say that it is
// exposed.
func TestOneGatewayForBoth_BINS3_BSEL7(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	begin := time.Now()
	said := patchConfig(t, fmt.Sprintf(`{"data":{"external-gateways":%[1]q,"local-gateways":%[1]q}}`, blue()))
	for _, word := range []string{"Warning:", world.Shared("blue").String(), external, local} {
		if !strings.Contains(said, word) {
			t.Errorf("kubectl does not say %q: %s", word, said)
		}
	}
	awaitEvent(t, begin, "config-gateway", "LocalGatewayExposed", world.Shared("blue").String())
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	ing := space.AwaitReady(t, "hello", cluster.Minutes)
	if condition := ing.Status.GetCondition(v1alpha1.IngressConditionLoadBalancerReady); condition.Reason != "LocalGatewayExposed" {
		t.Errorf("the service does not say that it is exposed: %+v", condition)
	}
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("hello"), 200, cluster.Minutes)
	cluster.AwaitAnswer(t, world.Blue, space.LocalHost("hello"), 200, cluster.Minutes)
	cluster.AwaitAnswer(t, space.LocalHost("hello"), space.LocalHost("hello"), 200, cluster.Minutes) // as callers in the cluster find it
}

// B-INS-3: `[]` is the explicit wish that in-cluster names are not served: the service is
// Ready, its external host answers, and callers in the cluster are refused and not led to
// the public Gateway. A service with cluster-local rules alone says why it is not served.
func TestNoLocalGateways_BINS3(t *testing.T) {
	world.Restore(t)
	space := world.Space(t, nil)
	if err := write(map[string]string{external: blue(), local: "[]"}); err != nil {
		t.Fatal(err)
	}
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	ing := space.AwaitReady(t, "hello", cluster.Minutes)
	private := ing.Status.PrivateLoadBalancer
	if private == nil || len(private.Ingress) != 1 || !private.Ingress[0].MeshOnly {
		t.Errorf("privateLoadBalancer is %+v, want meshOnly", private)
	}
	if !strings.Contains(network(ing), local) {
		t.Errorf("the condition does not say what is left out: %s", network(ing))
	}
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("hello"), 200, cluster.Minutes)
	cluster.Answers(t, world.Blue, space.LocalHost("hello"), 404)
	cluster.Answers(t, world.Internal, space.LocalHost("hello"), 404)
	cluster.Answers(t, space.LocalHost("hello"), space.LocalHost("hello"), 0)

	space.Backend(t, "inside")
	cluster.KIngresses.Create(t, world.Cluster, space.Ingress("inside", nil, space.Rule(v1alpha1.IngressVisibilityClusterLocal, "inside", space.LocalHost("inside"))))
	space.AwaitReason(t, "inside", cluster.Minutes, "GatewayNotConfigured", local)

	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	space.AwaitReady(t, "inside", cluster.Minutes)
	cluster.AwaitAnswer(t, world.Internal, space.LocalHost("hello"), 200, cluster.Minutes)
	cluster.AwaitAnswer(t, space.LocalHost("hello"), space.LocalHost("hello"), 200, cluster.Minutes)
}

// B-INS-3: with `external-gateways` alone the controller cannot know what is wanted inside the cluster, and
// the condition says what to write. B-INS-9: it is followed at once.
func TestOnlyExternalGateways_BINS3(t *testing.T) {
	space := world.Space(t, nil)
	withoutController(t)
	world.Restore(t)
	if err := write(map[string]string{external: blue()}); err != nil {
		t.Fatal(err)
	}
	scale(t, 2)
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReason(t, "hello", cluster.Minutes, "GatewayNotConfigured", "kubectl -n knative-serving patch configmap config-gateway", local)
	if err := write(map[string]string{external: blue(), local: internal()}); err != nil {
		t.Fatal(err)
	}
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
}
