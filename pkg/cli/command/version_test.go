// SPDX-License-Identifier: Apache-2.0

package command_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/cli/command"
	"github.com/net-gateways/net-gateways/pkg/version"
)

// TestVersion: the version is a line, or a report with a type as that of any other command.
func TestVersion(t *testing.T) {
	commit := version.Commit()
	for format, want := range map[string]string{
		"text": "devel (commit " + commit + ", " + runtime.Version() + ")\n",
		"yaml": "apiVersion: net-gateways.github.io/v1\ncommit: " + commit + "\ngo: " + runtime.Version() + "\nkind: Version\nversion: devel\n",
		"json": "{\n  \"apiVersion\": \"net-gateways.github.io/v1\",\n  \"kind\": \"Version\",\n  \"version\": \"devel\",\n  \"commit\": \"" + commit + "\",\n  \"go\": \"" + runtime.Version() + "\"\n}\n",
	} {
		out := &strings.Builder{}
		streams := command.Streams{Out: out, Err: out, Env: func(string) string { return "" }}
		if code := command.Run(t.Context(), streams, []string{"kn-gateways", "version", "-o", format}); code != command.NothingFound || out.String() != want {
			t.Errorf("%s: exit %d, %s", format, code, out)
		}
	}
}
