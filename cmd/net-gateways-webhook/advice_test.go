// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	_ "knative.dev/pkg/client/injection/kube/informers/admissionregistration/v1/validatingwebhookconfiguration/fake" // injected
	_ "knative.dev/pkg/injection/clients/namespacedkube/informers/core/v1/secret/fake"                               // injected
	"knative.dev/pkg/reconciler"
	rtesting "knative.dev/pkg/reconciler/testing"
	"knative.dev/pkg/webhook"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestAdvice: B-INS-3, B-INS-9, the webhook warns of what it allows and what has a cost, refuses
// what it refused, and keeps the interfaces of knative.dev/pkg's validation.
func TestAdvice(t *testing.T) {
	t.Setenv("SYSTEM_NAMESPACE", "knative-serving")
	ctx, _ := rtesting.SetupFakeContext(t)
	ctx = webhook.WithOptions(ctx, webhook.Options{SecretName: secretName})
	impl := newConfigValidation(ctx, nil)
	hook, ok := impl.Reconciler.(webhook.AdmissionController)
	_, stateless := impl.Reconciler.(webhook.StatelessAdmissionController)
	if !ok || !stateless || hook.Path() != "/config-validation" {
		t.Fatalf("%T is not the admission controller", impl.Reconciler)
	}
	promoted := 0
	leader, _ := impl.Reconciler.(reconciler.LeaderAware)
	err := leader.Promote(reconciler.UniversalBucket(), func(reconciler.Bucket, types.NamespacedName) { promoted++ })
	if err != nil || promoted != 1 {
		t.Errorf("As a leader it looks after %d configurations, %v", promoted, err)
	}

	const entry = "- {class: a, gateway: a/a}"
	both := map[string]string{config.ExternalGateways: entry, config.LocalGateways: "- {class: a, gateway: a/b}"}
	tests := []struct {
		name     string
		object   string
		now, old map[string]string
		refused  bool
		warnings int
	}{
		{name: "as it should be", object: config.Name, now: both},
		{name: "both lists are taken away", object: config.Name, now: nil, old: both, warnings: 2},
		{name: "one Gateway in both lists", object: config.Name, now: map[string]string{config.ExternalGateways: entry, config.LocalGateways: entry}, warnings: 1},
		{name: "one list", object: config.Name, now: map[string]string{config.ExternalGateways: entry}, warnings: 1},
		{name: "refused", object: config.Name, now: map[string]string{config.ExternalGateways: "- {}"}, refused: true},
		{name: "another ConfigMap", object: "config-other", now: nil, old: both},
	}
	for _, test := range tests {
		request := &admissionv1.AdmissionRequest{
			Kind: metav1.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, Name: test.object, Operation: admissionv1.Create, Object: encoded(t, test.object, test.now),
		}
		if test.old != nil {
			request.Operation, request.OldObject = admissionv1.Update, encoded(t, test.object, test.old)
		}
		response := hook.Admit(ctx, request)
		if response.Allowed == test.refused || len(response.Warnings) != test.warnings {
			t.Errorf("%s: allowed %t\n%s", test.name, response.Allowed, cmp.Diff([]string{}, response.Warnings))
		}
	}
}

func encoded(t *testing.T, name string, data map[string]string) runtime.RawExtension {
	t.Helper()
	raw, err := json.Marshal(corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: name}, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	return runtime.RawExtension{Raw: raw}
}
