// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/net-gateways/net-gateways/pkg/cli/check"
	"github.com/net-gateways/net-gateways/pkg/cli/command"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/test/cluster"
)

// fault is one that commands of a shell make, with the code of its finding and some words of it.
type fault struct{ name, make, code, words string }

// faults are made in this order.
var faults = []fault{
	{"class not on, B-INS-2", `kubectl -n knative-serving patch configmap config-network --type merge -p '{"data":{"ingress-class":"other.example.com"}}'`, "class", "Serving asks another plugin"},
	{"list not written, B-INS-3", `kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":null}}'`, "config-gateway", "external-gateways is not written"},
	{"both lists lost, B-INS-9", `kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":null,"local-gateways":null}}'`, "config-gateway", "local-gateways is not written"},
	{"ConfigMap gone, B-INS-9", `kubectl -n knative-serving delete configmap config-gateway`, "config-gateway", "local-gateways is not written"},
	{"refused, B-INS-4", `kubectl delete validatingwebhookconfiguration ` + ourWebhook + `
		until kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"# mine\n- class: CLASS\n  gateway: blue # wrong\n  probe: ask\n"}}'; do sleep 0.2; done`, "config-gateway", "must be namespace/name"},
	{"no webhook, B-INS-4", `kubectl delete --ignore-not-found validatingwebhookconfiguration ` + ourWebhook, "webhook", "not checked"},
	{"no replicas, B-INS-6", `kubectl -n knative-serving scale deployment net-gateways-webhook --replicas=0`, "webhook", "no replicas"},
	{"not admitting", `kubectl -n NAMESPACE patch gateway blue --type json -p '[{"op":"replace","path":"/spec/listeners/0/allowedRoutes","value":{"namespaces":{"from":"Same"}}}]'`, "external-gateways[0]", "allowedRoutes"},
	{"no ListenerSets allowed, B-INS-7", `kubectl -n NAMESPACE patch gateway blue --type merge -p '{"spec":{"allowedListeners":null}}'`, "external-gateways[0]", "admits no ListenerSets"},
	{"other plugin, B-INS-8", `kubectl -n knative-serving create deployment net-gateway-api-controller --image=127.0.0.1:5000/none`, "rival", "serves the same class"},
	{"second installation", `kubectl -n default create deployment net-gateways-controller --image=127.0.0.1:5000/none --replicas=0
		kubectl -n default label deployment net-gateways-controller app.kubernetes.io/name=net-gateways app.kubernetes.io/component=controller`, "installations", "second installation"},
	{"no domain, B-INS-1", `kubectl -n knative-serving patch configmap config-domain --type merge -p '{"data":null}'`, "domain", "no domain is set"},
}

const ourWebhook = "config.webhook.net-gateways.networking.internal.knative.dev"

// B-INS-1 to B-INS-9: on a real cluster, check finds each of these faults, the shell runs the command that it prints as it is, and the
// fault is gone. After the last one nothing is found.
func TestMends_BINS(t *testing.T) {
	world.Restore(t)
	restoreMended(t)
	patchConfig(t, marshal(t, map[string]any{"data": map[string]any{external: blue(), local: internal()}}))
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil) // its routes say which Gateways a lost list had
	folder := t.TempDir()
	release(t, folder)
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) { mended(t, folder, fault) })
	}
	for _, finding := range checked(t).Findings {
		if finding.State == output.Failed || finding.State == output.Warning {
			t.Errorf("In the end there is %+v", finding)
		}
	}
	space.AwaitReady(t, "hello", cluster.Minutes)
}

// mended makes a fault, runs the command that check prints, and waits until check finds nothing of that code.
func mended(t *testing.T, folder string, fault fault) {
	t.Helper()
	shell(t, folder, strings.NewReplacer("NAMESPACE", world.Shared("blue").Namespace, "CLASS", world.Installed.External.Class).Replace(fault.make))
	found := (*check.Finding)(nil)
	await(t, func() bool { found = foundBy(t, fault.code, fault.words); return found != nil })
	shell(t, folder, found.Fix)
	await(t, func() bool { return foundBy(t, fault.code, "") == nil })
}

// await asks check again and again, for its answer changes with what the controllers of the cluster do.
func await(t *testing.T, condition func() bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 200*time.Millisecond, cluster.Minutes, true, func(context.Context) (bool, error) { return condition(), nil })
	if err != nil {
		t.Fatalf("It stays: %v: %+v", err, checked(t).Findings)
	}
}

// checked is what `kn gateways check` reports.
func checked(t *testing.T) check.Report {
	t.Helper()
	said, report := &bytes.Buffer{}, check.Report{}
	streams := command.Streams{In: strings.NewReader(""), Out: said, Err: os.Stderr, Env: os.Getenv, Now: time.Now}
	if code := command.Run(t.Context(), streams, []string{"kn-gateways", "check", "-o", "json"}); code == command.CouldNotLook {
		t.Fatal(said)
	}
	if err := json.Unmarshal(said.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// foundBy is a failure or warning of check with a code and some words in it or in its command; nil if there is none.
func foundBy(t *testing.T, code, words string) *check.Finding {
	t.Helper()
	for _, finding := range checked(t).Findings {
		if finding.Code == code && (finding.State == output.Failed || finding.State == output.Warning) && strings.Contains(finding.Detail+finding.Fix, words) {
			return &finding
		}
	}
	return nil
}

// shell runs commands as they are, in a folder.
func shell(t *testing.T, folder, commands string) {
	t.Helper()
	run := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-e", "-c", commands)
	run.Dir = folder
	said, err := run.CombinedOutput()
	if t.Logf("%s\n%s", commands, said); err != nil {
		t.Fatal(err)
	}
}

// release puts the file of the release into a folder, which for this test has only the webhook.
func release(t *testing.T, folder string) {
	t.Helper()
	root, err := cluster.Root()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "config", "500-webhook-configuration.yaml"), filepath.Join(folder, "net-gateways.yaml")); err != nil {
		t.Fatal(err)
	}
}

func marshal(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// restoreMended brings back what the commands do not: the domain of the tests, and that no other plugin was here.
func restoreMended(t *testing.T) {
	t.Helper()
	domain := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-domain").Data
	t.Cleanup(func() {
		patch := marshal(t, []any{map[string]any{"op": "add", "path": "/data", "value": domain}})
		kubectl(t, "-n", cluster.SystemNamespace, "patch", "configmap", "config-domain", "--type=json", "-p", patch)
		kubectl(t, "-n", cluster.SystemNamespace, "delete", "--ignore-not-found", "deployment", "net-gateway-api-controller")
		kubectl(t, "-n", "default", "delete", "--ignore-not-found", "deployment", "net-gateways-controller")
	})
}
