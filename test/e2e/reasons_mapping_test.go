// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// mappingTroubles are what a DomainMapping can have that its Knative Service has not.
var mappingTroubles = []struct {
	name        string
	annotations map[string]any
	provoke     func(t *testing.T, space *fixture.Space, domain string)
	cure        func(t *testing.T, space *fixture.Space, domain string)
	reason      string
	words       []string
}{
	{"taken", nil, func(t *testing.T, space *fixture.Space, domain string) {
		cluster.HTTPRoutes.Create(t, world.Cluster, userRoute(space, domain, "theirs-"+domain, "theirs"))
	}, func(t *testing.T, space *fixture.Space, domain string) {
		cluster.HTTPRoutes.Delete(t, world.Cluster, space.Name, domain)
	}, "NotOwned", []string{"HTTPRoute ", "delete it, or recreate it under another name"}},
	{"elsewhere", map[string]any{externalGateway: "e2e-gateways/no-such"}, func(*testing.T, *fixture.Space, string) {}, func(t *testing.T, space *fixture.Space, domain string) {
		cluster.DomainMappings.Update(t, world.Cluster, space.Name, domain, func(mapping *cluster.Object) {
			unstructured.RemoveNestedField(*mapping, "metadata", "annotations", externalGateway)
		})
	}, "GatewayNotFound", []string{"e2e-gateways/no-such"}},
}

// B-RDY-6, B-PTH-5: `kubectl get domainmapping` shows the reason and message of its KIngress, and
// `kubectl describe domainmapping` the Events; the Knative Service stays Ready.
func TestDomainMappingTroubles_BRDY6_BPTH5_NotOwned_GatewayNotFound(t *testing.T) {
	t.Parallel()
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	for _, trouble := range mappingTroubles {
		t.Run(trouble.name, func(t *testing.T) {
			domain := trouble.name + "." + space.Name + ".example.org"
			trouble.provoke(t, space, domain)
			mapDomain(t, space, domain, trouble.annotations)
			cluster.KIngresses.Await(t, world.Cluster, space.Name, domain, cluster.Minutes, exists[v1alpha1.Ingress])
			space.AwaitReason(t, domain, cluster.Seconds, trouble.reason, trouble.words...)
			space.AwaitKServiceReady(t, "hello", cluster.Seconds)
			trouble.cure(t, space, domain)
			space.AwaitMappingReady(t, domain, cluster.Minutes)
			cluster.AwaitAnswers(t, world.Blue, domain, 200)
		})
	}
}

// B-RDY-6, B-PTH-5: a DomainMapping whose host an older KIngress of another namespace has gets it when that one goes.
func TestDomainMappingHostTaken_BRDY6_BPTH5_HostConflict(t *testing.T) {
	t.Parallel()
	holders, space := world.Space(t, nil), world.Space(t, nil)
	domain := "held." + space.Name + ".example.org"
	holders.Backend(t, "holder")
	cluster.KIngresses.Create(t, world.Cluster, holders.Ingress("holder", nil, holders.Rule(v1alpha1.IngressVisibilityExternalIP, "holder", domain)))
	holders.AwaitReady(t, "holder", cluster.Seconds)

	space.KService(t, fixture.Service{Name: "hello"})
	mapDomain(t, space, domain, nil)
	cluster.KIngresses.Await(t, world.Cluster, space.Name, domain, cluster.Minutes, exists[v1alpha1.Ingress])
	space.AwaitReason(t, domain, cluster.Seconds, "HostConflict", domain, "an older KIngress of another namespace")
	space.AwaitKServiceReady(t, "hello", cluster.Seconds)
	cluster.KIngresses.Delete(t, world.Cluster, holders.Name, "holder")
	space.AwaitMappingReady(t, domain, cluster.Minutes)
}
