// SPDX-License-Identifier: Apache-2.0

package version

import (
	"context"
	"flag"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/logging"
)

// TestVersion: the flag prints the version and ends the program; the log says it before the constructor runs.
func TestVersion(t *testing.T) {
	release = "v1.2.3-rc.4"
	defer func() { release = "devel" }()
	out, ended := &strings.Builder{}, false
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	register(flags, out, func() { ended = true })
	if err := flags.Parse([]string{"--version"}); err != nil || !ended || !strings.HasPrefix(out.String(), "v1.2.3-rc.4 (commit ") {
		t.Errorf("-version prints %q, ends %t, %v", out, ended, err)
	}
	core, logs := observer.New(zap.InfoLevel)
	ctx := logging.WithLogger(t.Context(), zap.New(core).Sugar())
	Logged(func(context.Context, configmap.Watcher) *controller.Impl {
		if logs.FilterField(zap.String("version", String())).Len() != 1 {
			t.Errorf("logged before the constructor: %v", logs.All())
		}
		return nil
	})(ctx, nil)
}
