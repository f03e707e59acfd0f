// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

// The exit codes.
const (
	NothingFound   = 0
	SomethingFound = 1
	CouldNotLook   = 2
)

// Streams are where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Env looks up a variable of the environment.
	Env func(string) string
	// Now is the clock.
	Now func() time.Time
}

// errFound says that a command has found something, and has said so.
var errFound = errors.New("something was found")

// Run runs a command and returns its exit code.
func Run(ctx context.Context, streams Streams, args []string) int {
	root := New(streams, args[0])
	understood, begin := false, root.PersistentPreRunE
	root.PersistentPreRunE = func(cmd *cobra.Command, args []string) error {
		if err := cmd.ValidateRequiredFlags(); err != nil {
			return err
		}
		understood = true
		return begin(cmd, args)
	}
	root.SetArgs(args[1:])
	command, err := root.ExecuteContextC(ctx)
	switch {
	case errors.Is(err, errFound):
		return SomethingFound
	case err != nil && !understood:
		fmt.Fprintf(streams.Err, "Error: %s (usage: %s)\n", output.Clean(err.Error()), command.UseLine())
		return CouldNotLook
	case err != nil:
		fmt.Fprintln(streams.Err, "Error: "+output.Clean(err.Error()))
		return CouldNotLook
	}
	return NothingFound
}

// New returns the command with all that belong to it. invoked is the name of the program, from which its own follows.
func New(streams Streams, invoked string) *cobra.Command {
	c := &common{Streams: streams}
	name := "kn gateways"
	if strings.HasPrefix(filepath.Base(invoked), "kubectl-") {
		name = "kubectl net-gateways"
	}
	root := &cobra.Command{
		Use:   "kn-gateways",
		Short: "See which Gateway serves which Knative Service, and why not",
		Long: `See which Gateway serves which Knative Service, and why not.

It reads what you may read, and says of the rest that it could not see it. It changes nothing, but for config init --apply.
Without a command it is list. Text fits the terminal, or as many columns as the variable COLUMNS says.
Exit codes: 0 nothing found, 1 something is not as it should be, 2 it could not look.`,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: name},
		SilenceErrors: true, SilenceUsage: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.list(cmd) },
	}
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return c.known(cmd) }
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.Err)
	c.bind(root.PersistentFlags())
	root.AddCommand(newList(c), newExplain(c), newGraph(c), newCheck(c), newConfig(c), newPreview(c), newDump(c), newVersion(c))
	return root
}
