// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// losses are the ways in which users lose the lists of config-gateway while the controller
// runs, and the words by which an Event says which keys went.
var losses = map[string]struct {
	lose  func(*testing.T)
	words []string
}{
	"kubectl apply of a release over one's own": {func(t *testing.T) {
		kubectl(t, "apply", "-f", usersFile(t))
		kubectl(t, "apply", "-f", releaseFile(t))
	}, []string{external, local}},
	"delete and apply again": {func(t *testing.T) {
		kubectl(t, "-n", cluster.SystemNamespace, "delete", "configmap", "config-gateway")
		kubectl(t, "apply", "-f", releaseFile(t))
	}, []string{external, local}},
	"replace":          {func(t *testing.T) { kubectl(t, "replace", "-f", releaseFile(t)) }, []string{external, local}},
	"no external list": {func(t *testing.T) { patchConfig(t, `{"data":{"external-gateways":null}}`) }, []string{external}},
	"no local list":    {func(t *testing.T) { patchConfig(t, `{"data":{"local-gateways":null}}`) }, []string{local}},
	"a blank list":     {func(t *testing.T) { patchConfig(t, `{"data":{"external-gateways":" \n"}}`) }, []string{external}},
	"two empty lists":  {func(t *testing.T) { patchConfig(t, `{"data":{"external-gateways":"[]","local-gateways":"[]"}}`) }, []string{external, local}},
	"no data whatever": {func(t *testing.T) { patchConfig(t, `{"data":null}`) }, []string{external, local}},
	"a null":           {func(t *testing.T) { patchConfig(t, `{"data":{"external-gateways":"null"}}`) }, []string{external}},
}

// B-INS-9: however the lists of config-gateway get lost, no HTTPRoute is deleted, no
// request fails, no service is not Ready for a moment, also new generations and new
// services are served as the lists said last, and an Event says which keys went.
func TestListsGetLost_BINS9(t *testing.T) {
	world.Restore(t)
	t.Cleanup(func() { kubectl(t, "apply", "-f", releaseFile(t)) }) // the examples, too
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	deleted, flips := watchDeletions(t, space), space.WatchFlips(t)
	loads := startBoth(t, space, "hello")
	for name, loss := range losses {
		t.Run(name, func(t *testing.T) {
			world.Restore(t)
			begin := time.Now()
			loss.lose(t)
			t.Logf("said: %s", awaitEvent(t, begin, "config-gateway", "ConfigurationKept", loss.words...).Message)
			space.Serve(t, "new", nil)
			cluster.Answers(t, world.Blue, space.ExternalHost("new"), 200)
			cluster.Answers(t, world.Internal, space.LocalHost("new"), 200)
			cluster.KIngresses.Delete(t, world.Cluster, space.Name, "new")
			cluster.Services.Delete(t, world.Cluster, space.Name, "new")
			cluster.EndpointSlices.Delete(t, world.Cluster, space.Name, "new")
		})
	}
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	nothingLost(t, space, "hello", deleted, flips)
}

// B-INS-9: the controller starts without the lists, as after an upgrade whose manifest had
// none. What stands is kept as it stands; a new service says what to write, as a command
// ready to paste, with the Gateways that the standing routes name.
func TestListsAreGoneAtStart_BINS9(t *testing.T) {
	space := world.Space(t, nil)
	served := space.Serve(t, "hello", nil)
	deleted := watchDeletions(t, space)
	flips := space.WatchFlips(t)
	loads := startBoth(t, space, "hello")
	withoutController(t)
	world.Restore(t)
	patchConfig(t, `{"data":{"external-gateways":null,"local-gateways":null}}`)
	scale(t, 2)
	space.Backend(t, "new")
	quiet := flips()
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("new", nil))
	space.AwaitReason(t, "new", cluster.Minutes, "GatewayNotConfigured", "kubectl -n knative-serving patch configmap config-gateway", external, world.Installed.External.Class, world.Shared("blue").String())
	if now := cluster.KIngresses.Get(t, world.Cluster, space.Name, "hello"); now.ResourceVersion != served.ResourceVersion {
		t.Errorf("the KIngress changed: %+v", now.Status)
	}
	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	space.AwaitReady(t, "new", cluster.Minutes)
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	nothingLost(t, space, "hello", deleted, func() []string { return quiet })
}

// B-INS-9, B-INS-8: taking over from the single-gateway plugin, whose file has no lists at
// all: its routes are kept as they stand, and its services Ready.
func TestTakeOverWithoutLists_BINS9_BINS8(t *testing.T) {
	space := world.Space(t, nil)
	withoutController(t)
	world.Restore(t)
	patchConfig(t, `{"data":{"external-gateways":null,"local-gateways":null}}`)
	leaveBehind(t, space, "theirs", true)
	cluster.AwaitAnswer(t, world.Blue, space.ExternalHost("theirs"), 200, cluster.Minutes)
	cluster.AwaitAnswer(t, world.Internal, space.LocalHost("theirs"), 200, cluster.Minutes)
	deleted, unready := watchDeletions(t, space), watchReady(t, space)
	loads := startBoth(t, space, "theirs")
	scale(t, 2)
	space.Backend(t, "new")
	cluster.KIngresses.Await(t, world.Cluster, space.Name, "theirs", cluster.Minutes, func(ing *v1alpha1.Ingress) error {
		return wants(ing != nil && len(ing.Finalizers) == 0, "nobody has looked at it yet")
	})
	for _, moment := range unready() {
		t.Errorf("a KIngress was not Ready for a moment: %s", moment)
	}
	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	space.AwaitReady(t, "theirs", cluster.Minutes)
	for _, load := range loads {
		load.StopAllAnswered(t, 200, 1000)
	}
	if n := deleted(); n > 0 {
		t.Errorf("%d HTTPRoutes were deleted", n)
	}
}

// B-INS-9: a Gateway that we created stays while its list is lost, also after a restart.
func TestOurGatewayStays_BINS9(t *testing.T) {
	const name = "knative-external-e2e-public"
	world.Need(t, gateways.MakesProxies)
	world.Restore(t)
	space := world.Space(t, nil)
	if err := write(map[string]string{external: "- class: e2e-public\n", local: internal()}); err != nil {
		t.Fatal(err)
	}
	gateway := cluster.Gateways.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.Programmed)
	space.Serve(t, "hello", nil)
	cluster.AwaitAnswer(t, gateway.Status.Addresses[0].Value, space.ExternalHost("hello"), 200, cluster.Minutes)
	load := cluster.StartLoad(t, gateway.Status.Addresses[0].Value, space.ExternalHost("hello"), 2*time.Millisecond)
	begin := time.Now()
	patchConfig(t, `{"data":{"external-gateways":null}}`)
	awaitEvent(t, begin, "config-gateway", "ConfigurationKept", external)
	restart(t, controller)
	cluster.Deployments.Await(t, world.Cluster, cluster.SystemNamespace, controller, cluster.Minutes, fixture.RolledOut)
	space.Backend(t, "new")
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("new", nil))
	space.AwaitReason(t, "new", cluster.Minutes, "GatewayNotConfigured", "{class: e2e-public")
	load.StopAllAnswered(t, 200, 500)
	if now := cluster.Gateways.Get(t, world.Cluster, cluster.SystemNamespace, name); now.UID != gateway.UID {
		t.Error("the Gateway is another one")
	}
}

// startBoth asks for both hosts of a service, 500 times a second together.
func startBoth(t *testing.T, space *fixture.Space, name string) []*cluster.Load {
	t.Helper()
	return []*cluster.Load{
		cluster.StartLoad(t, world.Blue, space.ExternalHost(name), 4*time.Millisecond),
		cluster.StartLoad(t, world.Internal, space.LocalHost(name), 4*time.Millisecond),
	}
}

// watchDeletions counts the HTTPRoutes of the test that are deleted, but for those whose
// KIngress is.
func watchDeletions(t *testing.T, space *fixture.Space) func() int32 {
	t.Helper()
	count := atomic.Int32{}
	stop := cluster.HTTPRoutes.Watch(t, world.Cluster, space.Name, metav1.ListOptions{}, func(kind watch.EventType, route *gatewayv1.HTTPRoute) {
		if kind == watch.Deleted && metav1.GetControllerOf(route).Name != "new" {
			count.Add(1)
		}
	})
	return func() int32 { stop(); return count.Load() }
}

func nothingLost(t *testing.T, space *fixture.Space, name string, deleted func() int32, flips func() []string) {
	t.Helper()
	if n := deleted(); n > 0 {
		t.Errorf("%d HTTPRoutes were deleted", n)
	}
	for _, flip := range flips() {
		if strings.HasPrefix(flip, name+":") {
			t.Errorf("not Ready in between: %s", flip)
		}
	}
}

// kubectl does what a user's does.
func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	output, err := exec.CommandContext(context.WithoutCancel(t.Context()), "kubectl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, output)
	}
	return string(output)
}

func patchConfig(t *testing.T, patch string) string {
	t.Helper()
	return kubectl(t, "-n", cluster.SystemNamespace, "patch", "configmap", "config-gateway", "--type=merge", "-p", patch)
}

// releaseFile is the ConfigMap as a release has it: with examples, and without lists.
func releaseFile(t *testing.T) string {
	t.Helper()
	root, err := cluster.Root()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "config", "300-config-gateway.yaml")
}

// usersFile is the ConfigMap as a user has it in a repository.
func usersFile(t *testing.T) string {
	t.Helper()
	lists := ""
	for key, list := range map[string]string{external: blue(), local: internal()} {
		lists += "  " + key + ": |\n    " + strings.ReplaceAll(strings.TrimSpace(list), "\n", "\n    ") + "\n"
	}
	file := filepath.Join(t.TempDir(), "config-gateway.yaml")
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config-gateway, namespace: " + cluster.SystemNamespace + "}\ndata:\n" + lists
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
