// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"errors"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// exists is met by any object.
func exists[T any](object *T) error {
	if object == nil {
		return errors.New("does not exist")
	}
	return nil
}

// says waits until the KIngress of a Knative Service and `kubectl get ksvc` show the
// reason with all of the words, and logs how long after the call, or after Serving had
// made the KIngress, that was.
func says(t *testing.T, space *fixture.Space, name, reason string, words ...string) {
	t.Helper()
	cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Minutes, exists[v1alpha1.Ingress])
	begin := time.Now()
	found := space.AwaitReason(t, name, cluster.Seconds, reason, words...)
	shown := time.Since(begin)
	space.AwaitKServiceReason(t, name, cluster.Seconds, reason, words...)
	t.Logf("times: %s: %s %s: KIngress %.1f s, ksvc %.1f s", t.Name(), fixture.Ready(found).Status, reason, shown.Seconds(), time.Since(begin).Seconds())
}

// cured waits until both are Ready, and sees that no client touched the service.
func cured(t *testing.T, space *fixture.Space, name string) {
	t.Helper()
	begin := time.Now()
	space.AwaitReady(t, name, cluster.Seconds)
	ready := time.Since(begin)
	space.AwaitKServiceReady(t, name, cluster.Seconds)
	t.Logf("times: %s: Ready: KIngress %.1f s, ksvc %.1f s", t.Name(), ready.Seconds(), time.Since(begin).Seconds())
	service := cluster.KServices.Get(t, world.Cluster, space.Name, name)
	if generation, _, _ := unstructured.NestedInt64(*service, "metadata", "generation"); generation != 1 {
		t.Errorf("the Knative Service was touched: generation %d", generation)
	}
}
