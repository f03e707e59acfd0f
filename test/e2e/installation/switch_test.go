// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const classKey, layerKey = "ingress-class", "network-layer"

// B-INS-2: `ingress-class` in config-network is enough: a new service is ours.
func TestIngressClass_BINS2(t *testing.T) {
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	isOurs(t, space, "hello")
}

// B-INS-2: `network-layer: gateway-api` is enough as well: the controller applies the
// class, as its own field.
func TestNetworkLayer_BINS2(t *testing.T) {
	setNetwork(t, map[string]string{layerKey: "gateway-api"}, classKey)
	cm := cluster.ConfigMaps.Await(t, world.Cluster, cluster.SystemNamespace, "config-network", cluster.Seconds, func(cm *corev1.ConfigMap) error {
		if cm == nil || cm.Data[classKey] != fixture.Class {
			return errors.New("ingress-class is not applied")
		}
		return nil
	})
	applied := false
	for _, entry := range cm.ManagedFields {
		applied = applied || entry.Manager == "net-gateways" && entry.Operation == "Apply"
	}
	if !applied {
		t.Error("ingress-class is there, but not applied by net-gateways")
	}
	space := world.Space(t, nil)
	space.KService(t, fixture.Service{Name: "hello"})
	space.AwaitKServiceReady(t, "hello", cluster.Minutes)
	isOurs(t, space, "hello")
}

// B-INS-2: a class that another manager wrote is left alone, and an Event on the
// ConfigMap says so.
func TestNetworkLayerConflict_BINS2(t *testing.T) {
	const other = "other.ingress.networking.knative.dev"
	begin := time.Now()
	setNetwork(t, map[string]string{layerKey: "gateway-api", classKey: other})
	awaitEvent(t, begin, "config-network", "IngressClassConflict", classKey, other, fixture.Class)
	if class := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-network").Data[classKey]; class != other {
		t.Errorf("ingress-class is %q, want it left at %q", class, other)
	}
}

// setNetwork changes config-network until the test ends.
func setNetwork(t *testing.T, set map[string]string, remove ...string) {
	t.Helper()
	change := func(set map[string]string, remove []string) {
		name := types.NamespacedName{Namespace: cluster.SystemNamespace, Name: "config-network"}
		_, err := cluster.ConfigMaps.UpdateAs(context.Background(), world.Cluster, "somebody", name, func(cm *corev1.ConfigMap) {
			for _, key := range remove {
				delete(cm.Data, key)
			}
			for key, value := range set {
				cm.Data[key] = value
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { change(map[string]string{classKey: fixture.Class}, []string{layerKey}) })
	change(set, remove)
}

func isOurs(t *testing.T, space *fixture.Space, name string) {
	t.Helper()
	ing := cluster.KIngresses.Await(t, world.Cluster, space.Name, name, cluster.Seconds, there[v1alpha1.Ingress])
	if class := ing.Annotations["networking.knative.dev/ingress.class"]; class != fixture.Class {
		t.Errorf("the KIngress is of class %q", class)
	}
	cluster.Answers(t, world.Blue, space.ExternalHost(name), 200)
}
