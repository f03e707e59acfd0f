// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// B-TLS-3: a rotated certificate is served within seconds and costs no request; nothing is
// written for it.
func TestRotation_BTLS3(t *testing.T) {
	t.Parallel()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("hello")
	space.Secret(t, authority, "certificate", host)
	ready := space.ServeTLS(t, "hello", "certificate")
	request := cluster.Request{Host: host, Roots: authority.Roots}
	load := startSecure(t, request)
	for range 3 {
		old := cluster.AwaitRight(t, world.Blue, request, cluster.Seconds).Leaf()
		data, err := authority.Issue(host)
		if err != nil {
			t.Fatal(err)
		}
		cluster.Secrets.Update(t, world.Cluster, space.Name, "certificate", func(secret *corev1.Secret) { secret.Data = data })
		renewed := request
		renewed.Wrong = func(answer cluster.Answer) error {
			if answer.Leaf().Equal(old) {
				return fmt.Errorf("still the certificate %s", old.SerialNumber)
			}
			return nil
		}
		cluster.AwaitRight(t, world.Blue, renewed, cluster.Seconds)
	}
	load.StopAllAnswered(t, 200, 100)
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.ResourceVersion != ready.ResourceVersion {
		t.Errorf("the KIngress was written: %+v", now.Status)
	}
}

// B-TLS-3, B-RDY-6: what is wrong with a Secret is in the condition, in the gateway's words,
// and its cure needs no action. The controller cannot read the Secret.
func TestSecretTroubles_BTLS3(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]func(t *testing.T, space *fixture.Space){
		"deleted": func(t *testing.T, space *fixture.Space) {
			cluster.Secrets.Delete(t, world.Cluster, space.Name, "certificate")
		},
		"malformed": func(t *testing.T, space *fixture.Space) {
			cluster.Secrets.Update(t, world.Cluster, space.Name, "certificate", func(secret *corev1.Secret) {
				secret.Data[corev1.TLSCertKey] = []byte("not a certificate")
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			space, authority := world.Space(t, nil), fixture.Authority(t)
			host := space.ExternalHost("hello")
			space.Secret(t, authority, "certificate", host)
			space.ServeTLS(t, "hello", "certificate")
			broken(t, space)
			space.AwaitReason(t, "hello", cluster.Seconds, "RefsNotResolved", host, "certificate")
			cluster.Answers(t, world.Blue, host, 200) // in plain text
			if err := cluster.Secrets.TryDelete(t.Context(), world.Cluster, space.Name, "certificate"); err != nil {
				t.Fatal(err)
			}
			space.Secret(t, authority, "certificate", host)
			space.AwaitReady(t, "hello", cluster.Seconds)
			cluster.AwaitRight(t, world.Blue, cluster.Request{Host: host, Roots: authority.Roots}, cluster.Seconds)
		})
	}
}

// B-TLS-3: a service may come before its certificate.
func TestCertificateComesLater_BTLS3(t *testing.T) {
	t.Parallel()
	space, authority := world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("hello")
	space.Backend(t, "hello")
	cluster.KIngresses.Create(t, world.Cluster, fixture.WithTLS(space.KIngress("hello", nil), "certificate", host))
	space.AwaitReason(t, "hello", cluster.Seconds, "RefsNotResolved", host, "certificate")
	space.Secret(t, authority, "certificate", host)
	space.AwaitReady(t, "hello", cluster.Seconds)
	cluster.AwaitRight(t, world.Blue, cluster.Request{Host: host, Roots: authority.Roots}, cluster.Seconds)
}

// B-TLS-4, B-OPS-5: a Secret of another namespace is refused, and no grant is written for it.
func TestSecretOfAnotherNamespace_BTLS4(t *testing.T) {
	t.Parallel()
	space, other, authority := world.Space(t, nil), world.Space(t, nil), fixture.Authority(t)
	host := space.ExternalHost("hello")
	other.Secret(t, authority, "certificate", host)
	space.Backend(t, "hello")
	ing := space.KIngress("hello", nil)
	ing.Spec.TLS = []v1alpha1.IngressTLS{{Hosts: []string{host}, SecretName: "certificate", SecretNamespace: other.Name}}
	cluster.KIngresses.Create(t, world.Cluster, ing)
	space.AwaitReason(t, "hello", cluster.Seconds, "Unsupported", other.Name+"/certificate", "copy it")
	cluster.AwaitAnswer(t, world.Blue, host, 200, cluster.Seconds)
	grants, err := cluster.ReferenceGrants.List(t.Context(), world.Cluster, other.Name, metav1.ListOptions{})
	if err != nil || len(grants) > 0 {
		t.Errorf("ReferenceGrants %v, %v", grants, err)
	}
	answer := cluster.AskFor(t.Context(), world.Blue, cluster.Request{Host: host, Roots: authority.Roots})
	if answer.Err == nil && slices.Contains(answer.Leaf().DNSNames, host) {
		t.Errorf("https://%s answers %s", host, answer)
	}
}
