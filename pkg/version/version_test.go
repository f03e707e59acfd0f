// SPDX-License-Identifier: Apache-2.0

package version

import (
	"flag"
	"strings"
	"testing"
)

// TestVersion: the flag prints the version and ends the program.
func TestVersion(t *testing.T) {
	release = "v1.2.3-rc.4"
	defer func() { release = "devel" }()
	out, ended := &strings.Builder{}, false
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	register(flags, out, func() { ended = true })
	if err := flags.Parse([]string{"--version"}); err != nil || !ended || !strings.HasPrefix(out.String(), "v1.2.3-rc.4 (commit ") {
		t.Errorf("-version prints %q, ends %t, %v", out, ended, err)
	}
}
