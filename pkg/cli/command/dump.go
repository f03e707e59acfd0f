// SPDX-License-Identifier: Apache-2.0

package command

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
)

func newDump(c *common) *cobra.Command {
	file := ""
	command := &cobra.Command{
		Use: "dump --to FILE.tgz", Short: "Write what the other commands read into a file", Args: cobra.NoArgs,
		Long: `Write what the other commands read into a file, which they read with --from.

No Secret is read. Of ConfigMaps it reads config-gateway, config-network and config-domain. With -n it has the services of one namespace only. What
you may not read is left out, and the other commands say so. Look into it before you give it away: hosts, addresses and the
names of namespaces are in it.`,
		Example: "  kn gateways dump --to dump.tgz\n  kn gateways explain checkout -n shop --from dump.tgz",
		RunE: func(cmd *cobra.Command, _ []string) error {
			source, err := c.source(cmd.Context())
			if err != nil {
				return err
			}
			within := ""
			if cmd.Flags().Changed("namespace") {
				within = c.cluster.Namespace()
			}
			return c.dump(source, within, file)
		},
	}
	command.Flags().StringVar(&file, "to", "", "file to write; it is replaced")
	if err := command.MarkFlagRequired("to"); err != nil { // it is there
		panic(err)
	}
	return command
}

// ofServices are the kinds that are in the namespaces of services alone.
var ofServices = []objects.Kind{objects.KServices, objects.KIngresses, objects.HTTPRoutes, objects.ListenerSets, objects.ReferenceGrants, objects.BackendTLSPolicies}

// ofServing are the kinds that are read from Serving's namespace alone.
var ofServing = []objects.Kind{objects.Deployments, objects.Pods}

// configMaps are the only ones that are read, by their names.
var configMaps = []string{config.Name, "config-network", "config-domain"}

func (c *common) dump(source objects.Source, within, file string) error {
	store := objects.NewStore()
	for _, kind := range objects.Kinds {
		namespace := ""
		switch {
		case slices.Contains(ofServices, kind):
			namespace = within
		case slices.Contains(ofServing, kind):
			namespace = c.system
		}
		take := store.Take
		if kind == objects.ConfigMaps {
			take = c.takeConfigMaps(store)
		}
		if err := take(source, kind, namespace); err != nil {
			return err
		}
	}
	written, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(store.Archive(written), written.Close()); err != nil {
		return err
	}
	for _, missing := range store.Missing() {
		fmt.Fprintln(c.Err, output.Clean(missing.Error()))
	}
	_, err = fmt.Fprintf(c.Out, "%s: %d objects\n", output.Clean(file), store.Len())
	return err
}

// takeConfigMaps reads those of Serving that the reports need.
func (c *common) takeConfigMaps(store *objects.Store) func(objects.Source, objects.Kind, string) error {
	return func(source objects.Source, kind objects.Kind, _ string) error {
		for _, name := range configMaps {
			found, err := source.Get(kind, types.NamespacedName{Namespace: c.system, Name: name})
			switch {
			case objects.IsAnswer(err):
				store.Without(kind, err)
			case err != nil:
				return err
			case found != nil:
				if err := store.Add(found); err != nil {
					return err
				}
			}
		}
		return nil
	}
}
