// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package certificates

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/rand"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// awaitSecure waits until all requests for a Service go to ports that speak TLS.
func awaitSecure(t *testing.T, space *fixture.Space, name string) {
	t.Helper()
	cluster.HTTPRoutes.Await(t, world.Cluster, space.Name, space.ExternalHost(name), cluster.Minutes, func(route *gatewayv1.HTTPRoute) error {
		if route == nil {
			return errors.New("does not exist")
		}
		for _, rule := range route.Spec.Rules {
			for _, ref := range rule.BackendRefs {
				if *ref.Port != 443 {
					return fmt.Errorf("a rule leads to port %d of %s", *ref.Port, ref.Name)
				}
			}
		}
		return nil
	})
}

// serverCerts is the volume of pods whose queue-proxy speaks TLS.
const serverCerts = "server-certs"

// awaitSecurePods waits until the pods from before system-internal-tls are gone. Serving makes
// Revisions anew one by one, at another time than Routes; as long as a pod from before ends, and
// still answers plain probes, activator sends requests to its port for TLS, where nothing listens:
// https://github.com/knative/serving/blob/v0.50.0/pkg/activator/net/revision_backends.go
func awaitSecurePods(t *testing.T, space *fixture.Space, deployment string) {
	t.Helper()
	speaksTLS := func(spec corev1.PodSpec) bool {
		return slices.ContainsFunc(spec.Volumes, func(volume corev1.Volume) bool { return volume.Name == serverCerts })
	}
	made := cluster.Deployments.Await(t, world.Cluster, space.Name, deployment, cluster.Minutes, func(deployment *appsv1.Deployment) error {
		if deployment != nil && !speaksTLS(deployment.Spec.Template.Spec) {
			return errors.New("has no volume " + serverCerts)
		}
		return fixture.RolledOut(deployment)
	})
	pods, err := cluster.Pods.List(t.Context(), world.Cluster, space.Name, metav1.ListOptions{LabelSelector: metav1.FormatLabelSelector(made.Spec.Selector)})
	if err != nil {
		t.Fatal(err)
	}
	for _, pod := range pods {
		if !speaksTLS(pod.Spec) {
			cluster.Pods.Await(t, world.Cluster, space.Name, pod.Name, cluster.Minutes, fixture.Gone[corev1.Pod])
		}
	}
}

// restartActivator: whether it speaks TLS it decides when it starts.
func restartActivator(t *testing.T) {
	t.Helper()
	cluster.Deployments.Update(t, world.Cluster, cluster.SystemNamespace, "activator", func(deployment *appsv1.Deployment) {
		if deployment.Spec.Template.Annotations == nil {
			deployment.Spec.Template.Annotations = map[string]string{}
		}
		deployment.Spec.Template.Annotations["net-gateways.github.io/restarted-for"] = rand.String(8)
	})
	if _, err := cluster.Deployments.TryAwait(context.Background(), world.Cluster, cluster.SystemNamespace, "activator", cluster.Minutes, fixture.RolledOut); err != nil {
		t.Fatal("activator: ", err)
	}
}
