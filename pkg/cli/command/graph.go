// SPDX-License-Identifier: Apache-2.0

package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/find"
	"github.com/net-gateways/net-gateways/pkg/cli/graph"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

func newGraph(c *common) *cobra.Command {
	return &cobra.Command{
		Use: "graph [SERVICE|gateway/NAMESPACE/NAME]", Short: "Show what leads where: Gateways, hosts, paths, Revisions", Args: cobra.MaximumNArgs(1),
		Long: `Show what leads where: from Gateways by hosts and paths to Revisions, who has a host, and what is not served and why.

It shows all namespaces, or the one that -n names. With -o mermaid it is a figure for a Markdown page or an issue.`,
		Example:     "  kn gateways graph\n  kn gateways graph checkout -n shop -o mermaid\n  kn gateways graph gateway/gateways/blue",
		Annotations: map[string]string{formats: "mermaid"},
		RunE: func(cmd *cobra.Command, args []string) error {
			source, reader, err := c.overall(cmd, objects.Namespaces, objects.KIngresses)
			if err != nil {
				return err
			}
			wanted := graph.Selection{}
			if len(args) == 1 {
				gateway, isGateway := strings.CutPrefix(args[0], "gateway/")
				if wanted.Gateway = gateway; !isGateway {
					found, err := find.Find(reader, find.Name(args[0], c.cluster.Namespace()))
					if err != nil {
						return err
					}
					wanted = graph.Selection{Service: found.Name()}
				}
			}
			report, err := graph.Of(reader, wanted)
			if err != nil {
				return err
			}
			report.Requests = source.Requests()
			return c.write(report)
		},
	}
}

// overall reads kinds as a whole, and returns a Reader of the namespaces that are wanted: all, or that of -n.
func (c *common) overall(cmd *cobra.Command, kinds ...objects.Kind) (objects.Source, *view.Reader, error) {
	source, err := c.source(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	within := ""
	if cmd.Flags().Changed("namespace") && !c.all {
		within = c.cluster.Namespace()
	}
	store, err := objects.Snapshot(source, within, kinds...)
	if err != nil {
		return nil, nil, err
	}
	reader, err := view.NewReader(objects.Beside(source, store, kinds...), c.system, within)
	return source, reader, err
}
