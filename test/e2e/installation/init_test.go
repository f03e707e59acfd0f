// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package installation

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/command"
	"github.com/net-gateways/net-gateways/pkg/cli/live"
	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// B-INS-3: `kn gateways config init --apply` writes the list that is absent, as a field manager of its own, and the controller creates
// the Gateway. Without --yes it writes nothing where it cannot ask.
func TestConfigInit_BINS3(t *testing.T) {
	const name = "knative-local-e2e-public"
	world.Need(t, gateways.MakesProxies)
	world.Restore(t)
	patchConfig(t, `{"data":{"local-gateways":null}}`)
	begin := func(args ...string) (int, string) {
		said := &bytes.Buffer{}
		streams := command.Streams{In: strings.NewReader(""), Out: said, Err: said, Env: os.Getenv, Now: time.Now}
		return command.Run(t.Context(), streams, append([]string{"kn-gateways", "config", "init", "--class", "e2e-public", "--apply"}, args...)), said.String()
	}
	if code, said := begin(); code != command.CouldNotLook || !strings.Contains(said, "--apply needs --yes: nothing was written") {
		t.Errorf("Without --yes it exits with %d:\n%s", code, said)
	}
	before := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-gateway")
	if before.Data[local] != "" {
		t.Errorf("Without --yes it writes %s", before.Data[local])
	}
	if code, said := begin("--yes"); code != command.NothingFound || !strings.Contains(said, "local-gateways: written.") {
		t.Errorf("It exits with %d:\n%s", code, said)
	}
	after := cluster.ConfigMaps.Get(t, world.Cluster, cluster.SystemNamespace, "config-gateway")
	owned := slices.ContainsFunc(after.ManagedFields, func(entry metav1.ManagedFieldsEntry) bool {
		return entry.Manager == live.FieldManager && entry.Operation == metav1.ManagedFieldsOperationApply && strings.Contains(string(entry.FieldsV1.Raw), "local-gateways") &&
			!strings.Contains(string(entry.FieldsV1.Raw), "external-gateways")
	})
	if after.Data[local] != "[{class: e2e-public}]" || after.Data[external] != before.Data[external] || !owned {
		t.Errorf("It writes %v, owned by %v", after.Data, after.ManagedFields)
	}
	cluster.Gateways.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.Programmed)
	if code, said := begin("--yes"); code != command.NothingFound || !strings.Contains(said, "written already") {
		t.Errorf("A second time it exits with %d:\n%s", code, said)
	}
	if err := world.RestoreConfig(t.Context()); err != nil {
		t.Fatal(err)
	}
	cluster.Gateways.Await(t, world.Cluster, cluster.SystemNamespace, name, cluster.Minutes, fixture.Gone[gatewayv1.Gateway])
}
