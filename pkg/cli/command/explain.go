// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/cli/explain"
	"github.com/net-gateways/net-gateways/pkg/cli/find"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

func newExplain(c *common) *cobra.Command {
	follow := false
	command := &cobra.Command{
		Use: "explain SERVICE|HOST", Short: "Explain how a service is served, or why it is not", Args: cobra.ExactArgs(1),
		Long: `Explain how a service is served, or why it is not.

It looks at each layer from the entry of config-gateway to the published address, with the controller's own rules, and says
which is right (ok), which is not (FAIL), which still waits (wait) and which it did not look at (-). Whether the proxies of a
Gateway answer is what the controller has found out. Of the HTTPRoutes whose parent is the service it says which paths lead
where, and what of them is refused and why.

A service is named by its name, NAMESPACE/NAME, kingress/NAME, or by one of its hosts. Of one service it lists nothing of the
whole cluster, unless -A says so: then it finds hosts, and older services with the same host, in other namespaces, too.`,
		Example: "  kn gateways explain checkout -n shop\n  kn gateways explain checkout.shop.example.com -A\n  kn gateways explain checkout --from dump.tgz -o yaml",
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := c.source(cmd.Context())
			if err != nil {
				return err
			}
			if follow {
				return c.follow(cmd.Context(), args[0])
			}
			report, err := c.explain(source, args[0])
			if err != nil {
				return err
			}
			return c.write(report)
		},
	}
	command.Flags().BoolVarP(&follow, "watch", "w", false, "explain again after each change, until the service is Ready")
	return command
}

// follow explains a service after each change of its KIngress, until it is Ready. It prints what differs from before.
func (c *common) follow(ctx context.Context, argument string) error {
	if c.from != "" {
		return errors.New("files do not change: -w needs a cluster")
	}
	cluster, err := c.cluster.Connect(agent())
	if err != nil {
		return err
	}
	report, err := c.explain(cluster.Source(ctx), argument)
	if err != nil {
		return err
	}
	said := ""
	see := func() (bool, error) {
		next, err := c.explain(cluster.Source(ctx), argument)
		if err != nil {
			return false, err
		}
		state := next
		state.Age, state.Since, state.Requests = "", nil, 0
		text := fmt.Sprintf("%+v", state)
		if text == said {
			return next.Served(), nil
		}
		if said != "" && c.format == "text" {
			fmt.Fprintln(c.Out)
		}
		said = text
		if err := c.write(next); err != nil && !errors.Is(err, errFound) {
			return false, err
		}
		return next.Served(), nil
	}
	err = cluster.Watch(ctx, objects.KIngresses, types.NamespacedName{Namespace: report.Namespace, Name: report.Service}, see)
	if errors.Is(err, context.Canceled) {
		return errFound
	}
	return err
}

func (c *common) explain(source objects.Source, argument string) (report explain.Report, err error) {
	defer func() { report.Requests = source.Requests() }()
	name := find.Name(argument, c.cluster.Namespace())
	within := name.Namespace
	if c.all || c.from != "" {
		within = "" // files are not the whole cluster, and cost no request
	}
	reader, err := view.NewReader(source, c.system, within)
	if err != nil {
		return explain.Report{}, err
	}
	found, err := find.Find(reader, name)
	switch {
	case err != nil:
		return explain.Report{}, err
	case found.Ingress == nil:
		return explain.Unrouted(found.Service), nil
	case !view.Ours(found.Ingress):
		return explain.Foreign(found.Ingress), nil
	}
	examined, err := examine.Examine(reader, found.Ingress, c.Now())
	if err != nil {
		return explain.Report{}, err
	}
	return explain.Of(examined, found.Service, c.Now()), nil
}
