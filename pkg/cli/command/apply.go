// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/net-gateways/net-gateways/pkg/cli/configure"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
	"github.com/net-gateways/net-gateways/pkg/config"
)

var errNotWritten = errors.New("nothing was written")

// begin writes the lists that config-gateway lacks, after saying so. It is the only command that changes a cluster.
func (c *common) begin(ctx context.Context, class string, yes bool) error {
	if c.from != "" {
		return errors.New("--apply writes into a cluster, and --from names files")
	}
	cluster, err := c.cluster.Connect(agent())
	if err != nil {
		return err
	}
	reader, err := view.NewReader(c.shown(cluster.Source(ctx)), c.system, c.system)
	if err != nil {
		return err
	}
	found, err := configure.Begin(reader, class)
	switch {
	case err != nil:
		return err
	case reader.Unconfigured() != "":
		return fmt.Errorf("%s: %w", reader.Unconfigured(), errNotWritten)
	case len(found.Lists) == 0:
		return c.write(found)
	case found.Undecided() != "":
		return fmt.Errorf("%s: %w", found.Undecided(), errNotWritten)
	}
	c.announce(found, reader.State().Exists)
	if !yes {
		if err := c.confirm(); err != nil {
			return err
		}
	}
	if err := cluster.Apply(ctx, objects.ConfigMaps, c.configMap(found.Lists)); err != nil {
		return fmt.Errorf("%w: %w", err, errNotWritten)
	}
	found.Applied = true
	return c.write(found)
}

// configMap is config-gateway with some lists alone.
func (c *common) configMap(lists map[string]string) *unstructured.Unstructured {
	data := map[string]any{}
	for key, text := range lists {
		data[key] = text
	}
	object := &unstructured.Unstructured{Object: map[string]any{"data": data}}
	object.SetGroupVersionKind(objects.ConfigMaps.GroupVersionKind)
	object.SetNamespace(c.system)
	object.SetName(config.Name)
	return object
}

// announce says what will be written.
func (c *common) announce(found configure.Beginning, exists bool) {
	does := "created, with"
	if exists {
		does = "changed; it gets"
	}
	paper := &output.Paper{}
	paper.Line("ConfigMap %s/%s will be %s", c.system, config.Name, does)
	for _, key := range slices.Sorted(maps.Keys(found.Lists)) {
		paper.Line("  %s: %s", key, found.Lists[key])
	}
	fmt.Fprint(c.Err, paper.String())
}

// confirm asks whether to go on.
func (c *common) confirm() error {
	if file, isFile := c.In.(*os.File); !isFile || !term.IsTerminal(int(file.Fd())) { // nor is the null device one
		return fmt.Errorf("there is no terminal to ask at: --apply needs --yes: %w", errNotWritten)
	}
	fmt.Fprint(c.Err, "Write it? [y/N] ")
	if !agreed(c.In) {
		return errNotWritten
	}
	return nil
}

// agreed reads the answer to a question: all but yes is no.
func agreed(in io.Reader) bool {
	line, _ := bufio.NewReader(in).ReadString('\n') // without an answer it is no
	return slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(line)))
}
