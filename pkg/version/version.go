// SPDX-License-Identifier: Apache-2.0

package version

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"

	"knative.dev/pkg/changeset"
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
