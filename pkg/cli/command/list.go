// SPDX-License-Identifier: Apache-2.0

package command

import (
	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/overview"
)

func newList(c *common) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the Gateways of config-gateway, with how many services each has and how they are", Args: cobra.NoArgs,
		Long: `List the Gateways of config-gateway, with how many services each has and how they are.

The services are those of all namespaces, or of the one that -n names.`,
		Example: "  kn gateways list\n  kn gateways list -n shop -o json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.list(cmd) },
	}
}

func (c *common) list(cmd *cobra.Command) error {
	source, reader, err := c.overall(cmd, objects.Namespaces, objects.KIngresses)
	if err != nil {
		return err
	}
	report, err := overview.Of(reader, c.Now())
	if err != nil {
		return err
	}
	report.Requests = source.Requests()
	return c.write(report)
}
