// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package certificates

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

var world = &fixture.World{}

func TestMain(m *testing.M) { os.Exit(fixture.Run(m, world)) }

// setConfig changes a ConfigMap of Serving until the test ends.
func setConfig(t *testing.T, name string, set map[string]string) {
	t.Helper()
	key := types.NamespacedName{Namespace: cluster.SystemNamespace, Name: name}
	before := map[string]string{}
	write := func(values map[string]string) {
		_, err := cluster.ConfigMaps.UpdateAs(context.Background(), world.Cluster, "somebody", key, func(cm *corev1.ConfigMap) {
			for key, value := range values {
				before[key] = cm.Data[key]
				if delete(cm.Data, key); value != "" {
					if cm.Data == nil {
						cm.Data = map[string]string{}
					}
					cm.Data[key] = value
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	write(set)
	restore := map[string]string{}
	for key := range set {
		restore[key] = before[key]
	}
	t.Cleanup(func() { write(restore) })
}

// pebbleRoots are those of the ACME server, which makes a new one whenever it starts.
func pebbleRoots(t *testing.T) *x509.CertPool {
	t.Helper()
	service := cluster.Services.Get(t, world.Cluster, "pebble", "pebble")
	// The certificate of the address itself is of no interest: what it tells is verified by use.
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // see above
	response, err := client.Get(fmt.Sprintf("https://%s:15000/roots/0", service.Spec.ClusterIP))
	if err != nil {
		t.Fatal("hack/acme first: ", err)
	}
	defer response.Body.Close()
	encoded, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(encoded) {
		t.Fatalf("no certificate in %q: %v", encoded, err)
	}
	return roots
}

// localRoots are those of the cluster's own authority.
func localRoots(t *testing.T) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(cluster.Secrets.Get(t, world.Cluster, "cert-manager", "knative-selfsigned-ca").Data[corev1.TLSCertKey]) {
		t.Fatal("no certificate in Secret cert-manager/knative-selfsigned-ca")
	}
	return roots
}

// awaitHTTPS waits until `kubectl get ksvc` shows an https URL, and the Service is Ready.
func awaitHTTPS(t *testing.T, space *fixture.Space, name string) {
	t.Helper()
	want := "https://" + space.ExternalHost(name)
	cluster.KServices.Await(t, world.Cluster, space.Name, name, cluster.Minutes, func(service *cluster.Object) error {
		if service == nil || service.String("status", "url") != want {
			return fmt.Errorf("want the URL %s", want)
		}
		return nil
	})
	space.AwaitKServiceReady(t, name, cluster.Minutes)
}

// setDrainTime changes config-gateway; World.Restore brings it back.
func setDrainTime(value string) error {
	name := types.NamespacedName{Namespace: cluster.SystemNamespace, Name: "config-gateway"}
	_, err := cluster.ConfigMaps.UpdateAs(context.Background(), world.Cluster, fixture.Manager, name, func(cm *corev1.ConfigMap) { cm.Data["drain-time"] = value })
	return err
}
