// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package certificates

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/rand"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/e2e/fixture"
)

// gatewayPort is that of clients' plain requests at the Gateway's Service. The one of the proxy behind it is
// another, perhaps.
const gatewayPort = 80

// want is what requests should be like behind the Gateway: the version of HTTP in which the
// container is spoken to, 1 if it is not said, and the way that they go.
type want struct {
	http int
	way  func(*cluster.Wiretap) bool
}

// overhear sends requests over HTTPS with a marker, which the answers repeat, until they have
// gone the way that is given. It returns where the marker could be read. A plain request after
// each, which can be read before the Gateway, tells that all has been overheard until then.
func overhear(t *testing.T, space *fixture.Space, name string, want want) []string {
	t.Helper()
	marker := "net-gateways-" + rand.String(20)
	tap, stop := cluster.StartWiretap(t, marker)
	defer stop()
	asked := 0
	plain := cluster.Request{Host: space.ExternalHost(name), Header: map[string]string{"X-Marker": marker}}
	secure := plain
	secure.Roots = pebbleRoots(t)
	secure.Wrong = func(answer cluster.Answer) error {
		asked++
		cluster.AwaitRight(t, world.Blue, plain, cluster.Seconds)
		tap.AwaitClear(t, world.Installed.HTTPPort, asked)
		report := struct{ Request struct{ ProtoMajor int } }{}
		if err := json.Unmarshal([]byte(answer.Body), &report); err != nil || !strings.Contains(answer.Body, marker) {
			return fmt.Errorf("the answer does not repeat the request: %w", err)
		}
		if wanted := cmp.Or(want.http, 1); report.Request.ProtoMajor != wanted {
			return fmt.Errorf("the container was spoken to in HTTP/%d, want HTTP/%d", report.Request.ProtoMajor, wanted)
		}
		if asked < 5 || want.way != nil && !want.way(tap) {
			return errors.New("requests have not gone the way that they should")
		}
		return nil
	}
	cluster.AwaitRight(t, world.Blue, secure, cluster.Minutes)
	return tap.InClear(gatewayPort, world.Installed.HTTPPort)
}
