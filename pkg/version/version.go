// SPDX-License-Identifier: Apache-2.0

package version

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"knative.dev/pkg/changeset"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/logging"
)

// release is set by the linker (-X), as is the commit of knative.dev/pkg/changeset.
var release = "devel"

// String is the version, the commit and the Go release that compiled it, as in
// "v0.1.0 (commit 1234567, go1.26.8)".
func String() string {
	return fmt.Sprintf("%s (commit %s, %s)", release, changeset.Get(), runtime.Version())
}

// Release is the version alone.
func Release() string { return release }

// Commit is that from which the program was built.
func Commit() string { return changeset.Get() }

// Flag registers -version, which prints the version to standard output and ends the program.
func Flag() { register(flag.CommandLine, os.Stdout, func() { os.Exit(0) }) }

func register(flags *flag.FlagSet, out io.Writer, exit func()) {
	flags.BoolFunc("version", "print the version and exit", func(string) error {
		fmt.Fprintln(out, String())
		exit()
		return nil
	})
}

// Logged makes a constructor that first logs the version. Before constructors run, there is
// no logger.
func Logged(construct injection.ControllerConstructor) injection.ControllerConstructor {
	return func(ctx context.Context, cmw configmap.Watcher) *controller.Impl {
		logging.FromContext(ctx).Infow("Starting net-gateways", "version", String())
		return construct(ctx, cmw)
	}
}
