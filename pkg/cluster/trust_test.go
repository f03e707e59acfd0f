// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/watch"
)

func TestRoutingSecret(t *testing.T) {
	t.Setenv("SYSTEM_NAMESPACE", "serving")
	expect(t, "Name", types.NamespacedName{Namespace: "serving", Name: "routing-serving-certs"}, cluster.RoutingSecret())
	expect(t, "Scope", watch.Scope{Kind: "Secrets", Namespace: "serving", Fields: "metadata.name=routing-serving-certs"}, cluster.RoutingSecretScope())
}

// TestTrust: B-TLS-4, authorities are in Serving's Secret and in the ConfigMaps beside it that are labelled as trust bundles,
// and nowhere else.
func TestTrust(t *testing.T) {
	secret := func(namespace, name, content string) runtime.Object {
		return &corev1.Secret{ObjectMeta: named(namespace, name, nil), Data: map[string][]byte{"ca.crt": []byte(content), "tls.crt": []byte("x")}}
	}
	bundle := func(namespace, name string, labels map[string]string) runtime.Object {
		return &corev1.ConfigMap{ObjectMeta: named(namespace, name, labels), Data: map[string]string{"bundle.pem": "x"}}
	}
	labelled := map[string]string{"networking.knative.dev/trust-bundle": "true"}
	const (
		absent = "Secret knative-serving/routing-serving-certs does not exist"
		empty  = "Secret knative-serving/routing-serving-certs has no certificate in ca.crt"
		advice = ", and no ConfigMap of its namespace with the label networking.knative.dev/trust-bundle has a certificate: put that of the certificate authority into one of them"
	)
	unread := func(where string) conditions.Gap {
		return conditions.Gap{Field: where, Detail: "not a certificate in PEM, it is not trusted"}
	}
	for name, c := range map[string]struct {
		objects []runtime.Object
		want    input.Trust
	}{
		"nothing":                       {nil, input.Trust{Missing: absent + advice}},
		"a Secret without an authority": {[]runtime.Object{secret("knative-serving", "routing-serving-certs", "")}, input.Trust{Missing: empty + advice}},
		"a Secret with something else":  {[]runtime.Object{secret("knative-serving", "routing-serving-certs", "x")}, input.Trust{Missing: empty + advice, Problems: []conditions.Gap{unread("Secret knative-serving/routing-serving-certs, key ca.crt")}}},
		"a Secret of another name":      {[]runtime.Object{secret("knative-serving", "other-certs", "x")}, input.Trust{Missing: absent + advice}},
		"a Secret of another namespace": {[]runtime.Object{secret("default", "routing-serving-certs", "x")}, input.Trust{Missing: absent + advice}},
		"a bundle":                      {[]runtime.Object{bundle("knative-serving", "ours", labelled)}, input.Trust{Missing: absent + advice, Problems: []conditions.Gap{unread("ConfigMap knative-serving/ours, key bundle.pem")}}},
		"a bundle without the label":    {[]runtime.Object{bundle("knative-serving", "ours", nil)}, input.Trust{Missing: absent + advice}},
		"a tenant's bundle":             {[]runtime.Object{bundle("default", "theirs", labelled)}, input.Trust{Missing: absent + advice}},
	} {
		inBubble(t, name, c.objects, func(t *testing.T, f *fixture) {
			found, err := f.Reader(t.Context()).Trust()
			must(t, err)
			expect(t, "Trust", c.want, found)
		})
	}
	for resource, want := range map[string]string{"secrets": "Secrets of namespace knative-serving: secrets is forbidden: no right", "configmaps": "ConfigMaps of namespace knative-serving: configmaps is forbidden: no right"} {
		inBubble(t, "unreadable "+resource, nil, func(t *testing.T, f *fixture) {
			f.refuse(resource)
			_, err := f.Trust(t.Context())
			expect(t, "Error", want, textOf(err))
		})
	}
}
