// SPDX-License-Identifier: Apache-2.0

package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/find"
	"github.com/net-gateways/net-gateways/pkg/cli/graph"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/routes"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

func newGraph(c *common) *cobra.Command {
	asRoutes := false
	command := &cobra.Command{
		Use: "graph [SERVICE|gateway/NAMESPACE/NAME]", Short: "Show what leads where: Gateways, hosts, paths, Revisions", Args: cobra.MaximumNArgs(1),
		Long: `Show what leads where: from Gateways by hosts and paths to Revisions, who has a host, and what is not served and why.

It shows all namespaces, or the one that -n names. With -o mermaid it is a figure for a Markdown page or an issue,
with -o dot one for Graphviz. HTTPRoutes whose parent is a Knative Service or DomainMapping stand below its own paths.
With --routes it prints the HTTPRoutes that should exist, and how those that exist differ.`,
		Example: "  kn gateways graph\n  kn gateways graph checkout -n shop -o mermaid\n  kn gateways graph gateway/gateways/blue\n" +
			"  kn gateways graph checkout -n shop --routes",
		Annotations: map[string]string{formats: "mermaid dot"},
		RunE: func(cmd *cobra.Command, args []string) error {
			argument := strings.Join(args, "")
			if asRoutes {
				return c.routes(cmd, argument)
			}
			source, reader, err := c.overall(cmd, objects.Namespaces, objects.KIngresses)
			if err != nil {
				return err
			}
			wanted := graph.Selection{}
			if gateway, isGateway := strings.CutPrefix(argument, "gateway/"); isGateway {
				wanted.Gateway = gateway
			} else if wanted.Service, err = c.named(reader, argument); err != nil {
				return err
			}
			report, err := graph.Of(reader, wanted, c.Now())
			if err != nil {
				return err
			}
			report.Requests = source.Requests()
			return c.write(report)
		},
	}
	command.Flags().BoolVar(&asRoutes, "routes", false, "print the HTTPRoutes that should exist, and how those that exist differ")
	return command
}

// routes writes the HTTPRoutes of a service, or of all.
func (c *common) routes(cmd *cobra.Command, argument string) error {
	source, reader, err := c.overall(cmd, append([]objects.Kind{objects.Namespaces}, ofServices...)...)
	if err != nil {
		return err
	}
	service, err := c.named(reader, argument)
	if err != nil {
		return err
	}
	report, err := routes.Of(reader, service, c.Now())
	if err != nil {
		return err
	}
	report.Requests = source.Requests()
	return c.write(report)
}

// named is the NAMESPACE/NAME of the service that an argument names; empty if there is no argument.
func (c *common) named(reader *view.Reader, argument string) (string, error) {
	if argument == "" {
		return "", nil
	}
	found, err := find.Find(reader, find.Name(argument, c.cluster.Namespace()))
	if err != nil {
		return "", err
	}
	return found.Name(), nil
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
	if err != nil {
		return nil, nil, err
	}
	return source, reader.ForMany(), nil
}
