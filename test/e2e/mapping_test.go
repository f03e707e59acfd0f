// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-DMP-1: the app behind a DomainMapping sees the domain as Host, from zero and warm, and under
// its own name its own; B-SEL-2: an annotation on the DomainMapping wins over its service's Gateway.
func TestDomainMappingHost_BDMP1_BSEL2(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	domain, elsewhere := space.Name+".host.example.org", space.Name+".green.example.org"
	space.KService(t, fixture.Service{Name: "hello", Image: fixture.Runtime, Revision: map[string]string{
		"autoscaling.knative.dev/min-scale": "0", "autoscaling.knative.dev/window": "6s",
	}})
	mapDomain(t, space, domain, nil)
	mapDomain(t, space, elsewhere, map[string]any{"net-gateways.github.io/external-gateway": world.Shared("green").String()})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	space.AwaitMappingReady(t, domain, cluster.Minutes)
	space.AwaitMappingReady(t, elsewhere, cluster.Minutes)
	awaitZero(t, space, "hello")
	for _, when := range []string{"from zero", "warm"} {
		answer := cluster.AwaitRight(t, world.Blue, cluster.Request{Host: domain, Wrong: sees(domain)}, cluster.Minutes)
		t.Logf("%s: %d bytes", when, len(answer.Body))
	}
	for _, c := range []struct{ address, host string }{
		{world.Blue, space.ExternalHost("hello")}, {world.Internal, space.LocalHost("hello")}, {world.Green, elsewhere},
	} {
		cluster.AwaitRight(t, c.address, cluster.Request{Host: c.host, Wrong: sees(c.host)}, cluster.Minutes)
	}
	cluster.Answers(t, world.Blue, elsewhere, 404)
	cluster.Answers(t, world.Green, domain, 404)
}

// mapDomain leads a domain to the Knative Service hello.
func mapDomain(t *testing.T, space *fixture.Space, domain string, annotations map[string]any) {
	t.Helper()
	cluster.Claims.Create(t, world.Cluster, &cluster.Object{
		"metadata": map[string]any{"name": domain},
		"spec":     map[string]any{"namespace": space.Name},
	})
	cluster.DomainMappings.Create(t, world.Cluster, &cluster.Object{
		"metadata": map[string]any{"namespace": space.Name, "name": domain, "annotations": annotations},
		"spec": map[string]any{"ref": map[string]any{
			"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "hello", "namespace": space.Name,
		}},
	})
}

// awaitZero waits until a Knative Service has no Pod any more.
func awaitZero(t *testing.T, space *fixture.Space, service string) {
	t.Helper()
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, space.Name, metav1.ListOptions{LabelSelector: "serving.knative.dev/service=" + service})
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		cluster.Pods.Await(t, world.Cluster, space.Name, pod.Name, 2*cluster.Minutes, fixture.Gone[corev1.Pod])
	}
}

// sees reads from the report of the image which host the app was asked for.
func sees(host string) func(cluster.Answer) error {
	return func(answer cluster.Answer) error {
		report := struct {
			Request *struct {
				Host string `json:"host"`
			} `json:"request"`
		}{}
		if err := json.Unmarshal([]byte(answer.Body), &report); err != nil || report.Request == nil {
			return errors.Join(err, fmt.Errorf("not the service: %s", answer))
		}
		return differ("the Host that the app sees", report.Request.Host, host)
	}
}
