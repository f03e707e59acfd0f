// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// What a wall stops: packets that Pods send to a data plane's pods themselves, or also
// those that come there by way of the Gateway's address. Not answers: a data plane asks
// its control plane for its configuration.
const (
	toThePods    = "ct original ip daddr %s drop"
	toTheGateway = "ip daddr %s ct direction original drop"
)

// wall keeps all Pods away from a Gateway's data plane, as a NetworkPolicy or a
// firewall would; the test itself is not kept away. Calling the result removes it.
func wall(t *testing.T, gateway, stops string) (remove func()) {
	t.Helper()
	pods := dataPlanePods(t, gateway)
	rules := strings.Builder{}
	for _, pod := range pods {
		fmt.Fprintf(&rules, stops+"\n", pod)
	}
	table := "table ip e2e-wall-" + gateway
	nft(t, table+"\ndelete "+table+"\n"+ // of a run that was ended
		table+" {\nchain forward {\ntype filter hook forward priority -10\n"+rules.String()+"}\n}")
	up := true
	remove = func() {
		if up {
			up = false
			nft(t, "delete "+table)
		}
	}
	t.Cleanup(remove)
	return remove
}

// nft runs in the network namespace of the cluster, as the test does.
func nft(t *testing.T, script string) {
	t.Helper()
	command := exec.Command("nft", "-f", "-")
	command.Stdin = strings.NewReader(script)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("nft: %v: %s", err, output)
	}
}

// walled is a Gateway of the tests of obstacles.
const walled = "double"

// dataPlanePods are the addresses of the pods of one of the shared Gateways, or of the one that is walled.
func dataPlanePods(t *testing.T, gateway string) []string {
	t.Helper()
	name := world.Shared(gateway)
	if gateway == walled {
		name.Namespace = fixture.GatewayNamespace
	}
	addresses := []string{}
	for _, pod := range world.Proxies(t, name) {
		addresses = append(addresses, pod.Status.PodIP)
	}
	return addresses
}

const degraded = "ProbeDegraded"

// saysNetwork is met when the KIngress is Ready and its condition NetworkConfigured
// has the reason, with all of the words in its message; "" is none.
func saysNetwork(reason string, words ...string) cluster.Met[v1alpha1.Ingress] {
	return func(ing *v1alpha1.Ingress) error {
		if ing == nil || ing.Status.ObservedGeneration != ing.Generation || !fixture.Ready(ing).IsTrue() {
			return errors.New("is not Ready")
		}
		network := ing.Status.GetCondition(v1alpha1.IngressConditionNetworkConfigured)
		for _, word := range append(words, reason) {
			if network.Reason != reason || !strings.Contains(network.Message+network.Reason, word) {
				return fmt.Errorf("NetworkConfigured says %q: %q, want %q with %q", network.Reason, network.Message, reason, words)
			}
		}
		return nil
	}
}

// awaitEventOf waits for a Warning about a KIngress.
func awaitEventOf(t *testing.T, ing *v1alpha1.Ingress, reason string) {
	t.Helper()
	cluster.Events.AwaitAny(t, world.Cluster, ing.Namespace, cluster.Seconds, func(event *corev1.Event) bool {
		return event.InvolvedObject.UID == ing.UID && event.Type == corev1.EventTypeWarning && event.Reason == reason
	})
}
