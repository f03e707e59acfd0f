// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package certificates

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// securePort is that of activator and queue-proxies.
const securePort = 8112

// The Services of these tests: one whose requests go straight to its pods, one whose requests
// all go by activator, and one that speaks HTTP/2.
var internalServices = []fixture.Service{
	{Name: "direct", Image: fixture.Runtime, Revision: map[string]string{"autoscaling.knative.dev/target-burst-capacity": "0"}},
	{Name: "queued", Image: fixture.Runtime, Revision: map[string]string{"autoscaling.knative.dev/target-burst-capacity": "-1"}},
	{Name: "h2c", Image: fixture.Runtime, Port: "h2c", Revision: map[string]string{"autoscaling.knative.dev/target-burst-capacity": "-1"}},
}

// B-TLS-4: once system-internal-tls is switched on no request over HTTPS and no answer to it
// can be read anywhere, from the client to the pods, by activator or straight. Rollouts lose
// nothing (B-RDY-3); what is lost by switching on is between Serving's new activator and pods
// from before.
//
// Containers are spoken to in HTTP/1.1 unless their port says otherwise; Serving does not say
// so of the port for TLS, and the condition tells.
func TestSystemInternalTLS_BTLS4(t *testing.T) {
	t.Cleanup(func() { restartActivator(t) }) // when config-network is as it was
	setConfig(t, "config-network", map[string]string{"external-domain-tls": "Enabled"})
	space := world.Space(t, nil)
	for _, service := range internalServices {
		space.KService(t, service)
	}
	for _, service := range internalServices {
		awaitHTTPS(t, space, service.Name)
		if found := overhear(t, space, service.Name, want{http: map[string]int{"h2c": 2}[service.Port]}); len(found) == 0 {
			t.Fatalf("%s: nothing can be read without TLS either: the test could not fail", service.Name)
		}
	}
	cluster.Secrets.Await(t, world.Cluster, cluster.SystemNamespace, "routing-serving-certs", cluster.Minutes, issued)
	setConfig(t, "config-network", map[string]string{"system-internal-tls": "Enabled"})
	restartActivator(t)
	for _, service := range internalServices {
		awaitSecure(t, space, service.Name)
		awaitSecurePods(t, space, service.Name+"-00001-deployment")
		space.AwaitKServiceReady(t, service.Name, cluster.Minutes)
	}
	proxies := []string{}
	for _, pod := range world.Proxies(t, world.Shared("blue")) {
		proxies = append(proxies, pod.Status.PodIP)
	}
	activator := addresses(t, cluster.SystemNamespace, "app=activator")
	for _, service := range internalServices {
		way := func(tap *cluster.Wiretap) bool {
			pods := addresses(t, space.Name, "serving.knative.dev/service="+service.Name)
			if service.Name == "direct" {
				return tap.Talked(proxies, pods, securePort)
			}
			return tap.Talked(proxies, activator, securePort) && tap.Talked(activator, pods, securePort)
		}
		if found := overhear(t, space, service.Name, want{way: way}); len(found) > 0 {
			t.Errorf("%s: readable on %v", service.Name, found)
		}
	}
	http2 := cluster.KIngresses.Get(t, world.Cluster, space.Name, "h2c").Status.GetCondition(v1alpha1.IngressConditionNetworkConfigured)
	if !http2.IsTrue() || !strings.Contains(http2.Message, "over TLS the gateway chooses the version of HTTP") {
		t.Errorf("h2c: %+v", http2)
	}
	authorityIsCarriedAlong(t, space)
	rolloutLosesNothing(t, space, "direct", "queued")
}

// authorityIsCarriedAlong: B-TLS-4, a further authority that Serving is told to trust is trusted
// by gateways within seconds, and not any more when it goes. Requests do not notice.
func authorityIsCarriedAlong(t *testing.T, space *fixture.Space) {
	t.Helper()
	load := cluster.StartLoad(t, world.Blue, space.ExternalHost("queued"), 20*time.Millisecond)
	data, err := fixture.Authority(t).Issue("further.example.com")
	if err != nil {
		t.Fatal(err)
	}
	further := string(data[corev1.TLSCertKey])
	bundle := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: cluster.SystemNamespace, Name: "e2e-" + space.Name, Labels: map[string]string{"networking.knative.dev/trust-bundle": "true"},
		},
		Data: map[string]string{"further.pem": further},
	}
	cluster.ConfigMaps.Create(t, world.Cluster, bundle)
	trusts := func(wanted bool) func(*corev1.ConfigMap) error {
		return func(cm *corev1.ConfigMap) error {
			if cm == nil || strings.Contains(cm.Data["ca.crt"], further) != wanted {
				return fmt.Errorf("want the further authority in it: %t", wanted)
			}
			return nil
		}
	}
	begin := time.Now()
	cluster.ConfigMaps.Await(t, world.Cluster, space.Name, "net-gateways-internal-tls", cluster.Seconds, trusts(true))
	t.Logf("a further authority after %s", time.Since(begin).Round(time.Millisecond))
	cluster.ConfigMaps.Delete(t, world.Cluster, bundle.Namespace, bundle.Name)
	cluster.ConfigMaps.Await(t, world.Cluster, space.Name, "net-gateways-internal-tls", cluster.Seconds, trusts(false))
	load.StopAllAnswered(t, 200, 100)
}

// rolloutLosesNothing: B-RDY-3, also over TLS requests move to a new Revision without a loss.
func rolloutLosesNothing(t *testing.T, space *fixture.Space, names ...string) {
	t.Helper()
	loads := []*cluster.Load{}
	for _, name := range names {
		loads = append(loads, cluster.StartLoad(t, world.Blue, space.ExternalHost(name), 20*time.Millisecond))
		cluster.KServices.Update(t, world.Cluster, space.Name, name, func(service *cluster.Object) {
			if err := unstructured.SetNestedField(*service, "2", "spec", "template", "metadata", "annotations", "e2e/revision"); err != nil {
				t.Error(err)
			}
		})
	}
	for i, name := range names {
		space.AwaitKServiceReady(t, name, cluster.Minutes)
		awaitSecure(t, space, name)
		loads[i].StopAllAnswered(t, 200, 100)
	}
}

func issued(secret *corev1.Secret) error {
	if secret == nil || len(secret.Data["ca.crt"]) == 0 {
		return errors.New("has no ca.crt: hack/acme first")
	}
	return nil
}

// addresses are those of pods that are not ending.
func addresses(t *testing.T, namespace, selector string) []string {
	t.Helper()
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, namespace, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil && pod.Status.PodIP != "" {
			found = append(found, pod.Status.PodIP)
		}
	}
	return found
}
