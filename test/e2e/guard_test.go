// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-RDY-12: behind basic authentication only the first proof waits until the 401 is believed.
// Each rollout after it is Ready as soon as the gateway has accepted it, well before that time,
// and whoever has the password gets an answer throughout.
func TestRolloutsBehindBasicAuth_BRDY12(t *testing.T) {
	t.Parallel()
	world.Need(t, gateways.HasPolicies)
	space := world.Space(t, nil)
	host := space.ExternalHost("hello")
	cluster.Secrets.Create(t, world.Cluster, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: space.Name, Name: "users"},
		Data:       map[string][]byte{".htpasswd": []byte("user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n")}, // password
	})
	policy := cluster.Object{"metadata": map[string]any{"namespace": space.Name, "name": "hello"}, "spec": map[string]any{
		"targetRefs": []any{map[string]any{"group": cluster.HTTPRoutes.Group, "kind": cluster.HTTPRoutes.Kind, "name": host}},
		"basicAuth":  map[string]any{"users": map[string]any{"name": "users"}},
	}}
	cluster.SecurityPolicies.Create(t, world.Cluster, &policy)
	revisions := []string{"first-00001", "second-00001", "third-00001"} // whose backends answer probes themselves
	for _, name := range []string{"first", "second", "third"} {
		space.KService(t, fixture.Service{Name: name})
		space.AwaitKServiceReady(t, name, cluster.Minutes)
	}
	front := space.KIngress("hello", nil)
	leadTo(front, revisions[0])
	begin := time.Now()
	cluster.KIngresses.Create(t, world.Cluster, front)
	cluster.AwaitAnswer(t, world.Blue, host, 401, cluster.Seconds)
	first := space.AwaitReady(t, "hello", cluster.Minutes)
	times := []string{fmt.Sprintf("first %.1f s", time.Since(begin).Seconds())}
	if network := first.Status.GetCondition(v1alpha1.IngressConditionNetworkConfigured); !strings.Contains(network.Message, "answers 401") {
		t.Errorf("NetworkConfigured says %s %s: the proof was not guarded", network.Reason, network.Message)
	}

	password := cluster.Request{Host: host, Header: map[string]string{"Authorization": "Basic dXNlcjpwYXNzd29yZA=="}}
	load := cluster.StartRequests(t, world.Blue, 10*time.Millisecond, password)
	for _, revision := range revisions[1:] {
		begin := time.Now()
		cluster.KIngresses.Update(t, world.Cluster, space.Name, "hello", func(ing *v1alpha1.Ingress) {
			leadTo(ing, revision)
		})
		space.AwaitReady(t, "hello", cluster.Minutes)
		took := time.Since(begin)
		times = append(times, fmt.Sprintf("%s %.1f s", revision, took.Seconds()))
		if took >= status.GraceWhenReady {
			t.Errorf("the rollout to %s was Ready after %s: it waited for the 401 to be believed", revision, took)
		}
	}
	load.StopAllAnswered(t, 200, 100)
	t.Logf("times: %v", times)
}

func leadTo(ing *v1alpha1.Ingress, service string) {
	for _, rule := range ing.Spec.Rules {
		split := &rule.HTTP.Paths[0].Splits[0]
		split.ServiceName = service
		split.AppendHeaders = map[string]string{"Knative-Serving-Namespace": ing.Namespace, "Knative-Serving-Revision": service}
	}
}
