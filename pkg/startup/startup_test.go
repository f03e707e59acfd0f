// SPDX-License-Identifier: Apache-2.0

package startup

import (
	"errors"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiversion "k8s.io/apimachinery/pkg/version"
	fakediscovery "k8s.io/client-go/discovery/fake"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"knative.dev/pkg/version"
)

// TestBesideServing: B-INS-1, in a namespace without Knative Serving a program ends, and says what to do. Only that ends
// it: an API server that does not answer is no reason to say so.
func TestBesideServing(t *testing.T) {
	network := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: "config-network"}}
	client := fake.NewClientset(network)
	if err := besideServing(t.Context(), client, "knative-serving"); err != nil {
		t.Errorf("beside Serving: %v", err)
	}
	err := besideServing(t.Context(), client, "other")
	if err == nil {
		t.Fatal("elsewhere: no error")
	}
	for _, want := range []string{"namespace other has no ConfigMap config-network", "kubectl delete -f FILE", "apply the file of the release as it is", "install it"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %q", want, err)
		}
	}
	expectInPage(t, "docs/install.md", strings.ReplaceAll(err.Error(), "namespace other", "namespace NAMESPACE"))
	client.PrependReactor("get", "configmaps", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, errors.New("down") })
	if err := besideServing(t.Context(), client, "knative-serving"); err != nil {
		t.Errorf("the API server does not answer: %v", err)
	}
}

// TestTooOld: B-INS-1, what a program says on a Kubernetes that is too old stands in the pages that say what to do. The
// text is that of knative.dev/pkg.
func TestTooOld(t *testing.T) {
	old := &fakediscovery.FakeDiscovery{Fake: &clienttesting.Fake{}, FakedServerVersion: &apiversion.Info{GitVersion: "v1.33.5"}}
	err := version.CheckMinimumVersion(old)
	if err == nil {
		t.Fatal("1.33.5 is not too old: correct the pages")
	}
	for _, page := range []string{"docs/install.md", "docs/troubleshooting.md"} {
		expectInPage(t, page, err.Error())
	}
	enough := &fakediscovery.FakeDiscovery{Fake: &clienttesting.Fake{}, FakedServerVersion: &apiversion.Info{GitVersion: "v1.34.0"}}
	if err := version.CheckMinimumVersion(enough); err != nil {
		t.Errorf("the pages say that 1.34.0 suffices: %v", err)
	}
}

func expectInPage(t *testing.T, page, text string) {
	t.Helper()
	content, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(strings.Fields(string(content)), " "), text) {
		t.Errorf("%s does not say %q", page, text)
	}
}
