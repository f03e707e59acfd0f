// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/check"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

func newCheck(c *common) *cobra.Command {
	pre := false
	command := &cobra.Command{
		Use: "check", Short: "Check the installation, and say how to mend what is wrong", Args: cobra.NoArgs,
		Long: `Check the installation, and say how to mend what is wrong: Kubernetes and the Gateway API, Knative Serving, each Gateway that
config-gateway names, and the programs of net-gateways. Warnings alone do not change the exit code.

Each failure and warning has a command that mends it, behind "fix:", and some have one that shows more, behind "look:". You can copy
either whole into a shell. It says what it writes; where you have a choice, it is what the documentation recommends. It is kubectl, and
for an upgrade of Kubernetes kubeadm. There is none where the program of a Gateway API implementation would have to be started
again and net-gateways does not know which program that is.

With -o short it is a line for each failure and warning.`,
		Annotations: map[string]string{formats: "short"},
		Example:     "  kn gateways check --pre   # before the installation\n  kn gateways check",
		RunE: func(cmd *cobra.Command, _ []string) error {
			source, err := c.source(cmd.Context())
			if err != nil {
				return err
			}
			reader, err := view.NewReader(source, c.system, "")
			if err != nil {
				return err
			}
			options := check.Options{Pre: pre}
			if options.Kubernetes, err = c.kubernetes(cmd.Context()); err != nil {
				return err
			}
			report, err := check.Of(reader, options)
			if err != nil {
				return err
			}
			report.Requests = source.Requests()
			return c.write(report)
		},
	}
	command.Flags().BoolVar(&pre, "pre", false, "check only what must be there before net-gateways is installed")
	return command
}

// kubernetes is the version of the cluster; empty for files.
func (c *common) kubernetes(ctx context.Context) (string, error) {
	if c.from != "" {
		return "", nil
	}
	cluster, err := c.cluster.Connect(agent())
	if err != nil {
		return "", err
	}
	return cluster.Version(ctx)
}
