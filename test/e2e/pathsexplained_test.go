// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/net-gateways/net-gateways/pkg/cli/command"
	"github.com/net-gateways/net-gateways/pkg/cli/explain"
	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// explainsPaths: B-CLI-1, B-PTH-5, `kn gateways explain` of the parent of the HTTPRoute says of it what its status says, and shows where
// its paths lead.
func explainsPaths(t *testing.T, space *fixture.Space, parent string, leads ...string) {
	t.Helper()
	said := error(nil)
	err := wait.PollUntilContextTimeout(t.Context(), 500*time.Millisecond, cluster.Seconds, true, func(ctx context.Context) (bool, error) {
		differs := agreesOnPaths(ctx, t, space, parent)
		if ctx.Err() == nil || said == nil { // what the deadline has cut off does not say how they differ
			said = differs
		}
		return differs == nil, nil
	})
	if err != nil {
		t.Errorf("kn gateways explain %s -n %s: %v", parent, space.Name, said)
	}
	text, errs := &bytes.Buffer{}, &bytes.Buffer{}
	streams := command.Streams{In: strings.NewReader(""), Out: text, Err: errs, Env: os.Getenv, Now: time.Now}
	if code := command.Run(t.Context(), streams, []string{"kn-gateways", "explain", "kingress/" + parent, "-n", space.Name}); code > command.SomethingFound {
		t.Errorf("It exits with %d: %s", code, errs)
	}
	for _, want := range leads {
		if !strings.Contains(text.String(), want) {
			t.Errorf("It does not say %q:\n%s", want, text)
		}
	}
}

func agreesOnPaths(ctx context.Context, t *testing.T, space *fixture.Space, parent string) error {
	out, errs := &bytes.Buffer{}, &bytes.Buffer{}
	streams := command.Streams{In: strings.NewReader(""), Out: out, Err: errs, Env: os.Getenv, Now: time.Now}
	if code := command.Run(ctx, streams, []string{"kn-gateways", "explain", "kingress/" + parent, "-n", space.Name, "-o", "json"}); code > command.SomethingFound {
		return fmt.Errorf("it exits with %d: %s%s", code, out, errs)
	}
	report := explain.Report{}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		return err
	}
	route := cluster.HTTPRoutes.Get(t, world.Cluster, space.Name, "paths")
	if len(report.Attached) != 1 || route == nil || len(route.Status.Parents) != 1 {
		return fmt.Errorf("it knows the HTTPRoutes %+v", report.Attached)
	}
	says, has := map[string]string{}, map[string]string{}
	for _, condition := range report.Attached[0].Conditions {
		says[condition.Type] = condition.Status + " " + condition.Reason + " " + condition.Message
	}
	for _, condition := range route.Status.Parents[0].Conditions {
		has[condition.Type] = string(condition.Status) + " " + condition.Reason + " " + condition.Message
	}
	if !maps.Equal(says, has) {
		return fmt.Errorf("it says %v, and the status %v", says, has)
	}
	return nil
}
