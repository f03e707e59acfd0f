// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	ktesting "k8s.io/client-go/testing"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var (
	policies   = schema.GroupVersion(gatewayv1.GroupVersion).WithResource("backendtlspolicies")
	configMaps = corev1.SchemeGroupVersion.WithResource("configmaps")
	secrets    = corev1.SchemeGroupVersion.WithResource("secrets")
)

// aKIngressWithInternalTLS is hello with system-internal-tls: its backends have the port https.
func aKIngressWithInternalTLS() *v1alpha1.Ingress {
	ing := aKIngress("hello", 0)
	for _, rule := range ing.Spec.Rules {
		rule.HTTP.Paths[0].Splits[0].ServicePort = intstr.FromInt32(443)
	}
	return ing
}

// anAuthority is the certificate of an authority, in PEM.
func anAuthority(t *testing.T) string {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour), IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// aRoutingSecret is the Secret of Serving's activator.
func aRoutingSecret(authority string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "routing-serving-certs"},
		Data:       map[string][]byte{"ca.crt": []byte(authority), "tls.key": []byte("not to be kept")},
	}
}

// anInstallationWithInternalTLS is an installation in which backends can be reached over TLS.
func anInstallationWithInternalTLS(data *plane, authority string) []runtime.Object {
	objects := append(anInstallation(data), aCRD("backendtlspolicies"), aRoutingSecret(authority))
	for _, object := range objects {
		switch object := object.(type) {
		case *corev1.Namespace:
			object.UID = "uid-of-namespace"
		case *corev1.Service:
			object.UID = types.UID("uid-of-" + object.Name)
			if object.Name == "hello-00001" {
				object.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}, {Name: "https", Port: 443}}
			}
		}
	}
	return objects
}

// aWorldWithInternalTLS also does server-side apply of ConfigMaps, which a fake API server does not.
func aWorldWithInternalTLS(t *testing.T, data *plane, objects ...runtime.Object) *world {
	t.Helper()
	w := data.serves(newWorld(t, objects...))
	serveWrites(&w.kube.Fake, w.kube.Tracker(), w.version)
	w.kube.PrependReactor("patch", "configmaps", func(action ktesting.Action) (bool, runtime.Object, error) {
		applied := &corev1.ConfigMap{}
		if err := json.Unmarshal(action.(ktesting.PatchAction).GetPatch(), applied); err != nil {
			return true, nil, err
		}
		applied.ResourceVersion = w.version()
		return true, applied, w.kube.Tracker().Update(configMaps, applied, applied.Namespace)
	})
	return w
}

// trust is the bundle of authorities in the ConfigMap; empty if there is none.
func (w *world) trust() string {
	w.Helper()
	stored, err := w.kube.Tracker().Get(configMaps, "default", "net-gateways-internal-tls")
	if err != nil {
		return ""
	}
	return stored.(*corev1.ConfigMap).Data["ca.crt"]
}

func (w *world) policies() []gatewayv1.BackendTLSPolicy {
	w.Helper()
	stored, err := w.gateway.Tracker().List(policies, schema.GroupVersion(gatewayv1.GroupVersion).WithKind("BackendTLSPolicy"), "")
	if err != nil {
		w.Fatal(err)
	}
	return stored.(*gatewayv1.BackendTLSPolicyList).Items
}

// trustWrites are the writes to ConfigMaps since the last call.
func (w *world) trustWrites() []string {
	found := []string{}
	for _, action := range w.kube.Actions() {
		if verb := action.GetVerb(); action.GetResource().Resource == "configmaps" && slices.Contains([]string{"create", "patch", "delete"}, verb) {
			found = append(found, verb)
		}
	}
	w.kube.ClearActions()
	return found
}

// backendPorts are the ports to which requests for the external host go.
func (w *world) backendPorts() []int32 {
	found := []int32{}
	for _, rule := range w.routes()[publicHost].Spec.Rules {
		for _, ref := range rule.BackendRefs {
			found = append(found, *ref.Port)
		}
	}
	return found
}

// update is a write of Serving, which does not count.
func (w *world) update(ing *v1alpha1.Ingress) {
	w.Helper()
	ing.Status = w.ingress(ing.Name).Status
	w.replaces(ing)
}
