// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package release

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

const (
	space = "release-test"
	host  = "hello." + space + ".example.com"
)

// B-INS-1, B-OPS-3: exactly the files of a release install net-gateways, twice as once; a Knative Service is served, also after the
// uninstall that docs/install.md has; and of all kinds of objects nothing is left that the page does not name, and nothing is gone.
func TestRelease_BINS1_BOPS3(t *testing.T) {
	c, err := cluster.Connect()
	if err != nil {
		t.Fatal(err)
	}
	root, err := cluster.Root()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(root, "dist"))
	run(t, "sha256sum", "--check", "--quiet", "checksums.txt")
	before := snapshot(t, c)
	if ours := slices.Collect(maps.Keys(before)); slices.ContainsFunc(ours, func(name string) bool { return strings.Contains(name, "net-gateways") }) {
		t.Fatal("this cluster has had net-gateways: the test wants a new one")
	}

	apply := func() string { return run(t, "kubectl", "apply", "-f", "net-gateways.yaml") }
	apply()
	for _, name := range []string{"net-gateways-controller", "net-gateways-webhook"} {
		cluster.Deployments.Await(t, c, cluster.SystemNamespace, name, cluster.Minutes, fixture.RolledOut)
	}
	for line := range strings.Lines(apply()) {
		// kubectl always says "configured" of these: it sends their selector without comparing it (patchStrategy: replace).
		if !strings.HasSuffix(line, " unchanged\n") && !strings.HasPrefix(line, "poddisruptionbudget.policy/") {
			t.Errorf("the second apply changes something: %s", line)
		}
	}
	runsImages(t, c)
	address := serve(t, c)

	run(t, "kubectl", "delete", "-f", "net-gateways.yaml", "--ignore-not-found")
	for _, name := range []string{"net-gateways-controller", "net-gateways-webhook"} {
		cluster.Deployments.Await(t, c, cluster.SystemNamespace, name, cluster.Minutes, fixture.Gone[appsv1.Deployment])
	}
	cluster.Answers(t, address, host, 200)

	// What was not net-gateways'.
	run(t, "kubectl", "delete", "namespace", space)
	cluster.Namespaces.Await(t, c, "", space, cluster.Minutes, fixture.Gone[corev1.Namespace])
	run(t, "kubectl", "delete", "-f", "../third_party/envoy-gateway/gateways.yaml", "--ignore-not-found")
	// The command of docs/install.md for Leases.
	run(t, "sh", "-c", "kubectl -n knative-serving get leases -o name | grep /net-gateways- | xargs kubectl -n knative-serving delete")
	for deadline := time.After(cluster.Minutes); ; {
		after := snapshot(t, c)
		left, lost := missing(before, after), missing(after, before)
		if len(left)+len(lost) == 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("left behind, and not named in docs/install.md:\n%s\nwas there before, and is gone:\n%s", strings.Join(left, "\n"), strings.Join(lost, "\n"))
		case <-time.After(time.Second):
		}
	}
}

// runsImages compares what runs with images.txt.
func runsImages(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	text, err := os.ReadFile("images.txt")
	if err != nil {
		t.Fatal(err)
	}
	pods, err := cluster.Pods.List(t.Context(), c, cluster.SystemNamespace, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=net-gateways"})
	if err != nil {
		t.Fatal(err)
	}
	images := map[string]bool{}
	for _, pod := range pods {
		images[pod.Spec.Containers[0].Image] = true
	}
	if found := slices.Sorted(maps.Keys(images)); !slices.Equal(found, strings.Fields(string(text))) {
		t.Errorf("%q run, and images.txt says %q", found, text)
	}
}

// serve does the steps of docs/install.md after the plugin's, and returns the address that answers.
func serve(t *testing.T, c *cluster.Cluster) (address string) {
	t.Helper()
	const shipped = "../third_party/envoy-gateway/"
	run(t, "kubectl", "create", "-f", shipped+"envoy-image.yaml") // our cluster's nodes pull from its registry alone
	run(t, "kubectl", "apply", "-f", shipped+"gateways.yaml")
	run(t, "kubectl", "-n", "knative-serving", "patch", "configmap", "config-gateway", "--type", "merge", "--patch-file", shipped+"config-gateway.yaml")
	run(t, "kubectl", "-n", "knative-serving", "patch", "configmap", "config-network", "--type", "merge", "-p", `{"data":{"ingress-class":"gateway-api.ingress.networking.knative.dev"}}`)
	run(t, "kubectl", "-n", "knative-serving", "patch", "configmap", "config-domain", "--type", "merge", "-p", `{"data":{"example.com":""}}`)
	run(t, "kubectl", "create", "namespace", space)
	service := fmt.Sprintf(`apiVersion: serving.knative.dev/v1
kind: Service
metadata: {namespace: %s, name: hello}
spec: {template: {metadata: {annotations: {autoscaling.knative.dev/min-scale: "1"}}, spec: {containers: [{image: %q}]}}}
`, space, fixture.HelloWorld)
	if err := cluster.ApplyText(t.Context(), c, cluster.FieldManager, service); err != nil {
		t.Fatal(err)
	}
	run(t, "kubectl", "-n", "gateways", "wait", "--timeout=600s", "--for=condition=Programmed", "gateways", "--all")
	run(t, "kubectl", "-n", space, "wait", "--timeout=600s", "--for=condition=Ready", "ksvc/hello")
	address = strings.TrimSpace(run(t, "kubectl", "-n", "gateways", "get", "gateway", "blue", "-o", "jsonpath={.status.addresses[0].value}"))
	cluster.Answers(t, address, host, 200)
	return address
}

// snapshot names all objects of all kinds, but for those that come and go by themselves.
func snapshot(t *testing.T, c *cluster.Cluster) map[string]bool {
	t.Helper()
	lists, err := c.Kube.Discovery().ServerPreferredResources()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, list := range lists {
		for _, resource := range list.APIResources {
			if !slices.Contains(resource.Verbs, "list") || slices.Contains([]string{"Event", "PodMetrics", "NodeMetrics"}, resource.Kind) {
				continue
			}
			gv, err := schema.ParseGroupVersion(list.GroupVersion)
			if err != nil {
				t.Fatal(err)
			}
			objects, err := c.Dynamic.Resource(gv.WithResource(resource.Name)).List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatalf("%s of %s: %v", resource.Name, gv, err)
			}
			for _, object := range objects.Items {
				found[fmt.Sprintf("%s.%s %s/%s", resource.Name, gv.Group, object.GetNamespace(), object.GetName())] = true
			}
		}
	}
	return found
}

// missing are those names of the second that the first does not have.
func missing(in, of map[string]bool) (names []string) {
	for name := range of {
		if !in[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// run returns what a command prints, and ends the test if it fails.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
