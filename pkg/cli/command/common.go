// SPDX-License-Identifier: Apache-2.0

package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/net-gateways/net-gateways/pkg/cli/live"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/version"
)

// common is what all commands have.
type common struct {
	Streams
	cluster live.Flags
	format  string
	from    string
	system  string
	all     bool
	noColor bool
}

func (c *common) bind(flags *pflag.FlagSet) {
	c.cluster.Bind(flags)
	flags.StringVarP(&c.format, "output", "o", "text", "text, json or yaml")
	flags.StringVar(&c.from, "from", "", "read objects from a YAML file, a folder with such files, or a dump, instead of a cluster")
	flags.StringVar(&c.system, "serving-namespace", "knative-serving", "namespace of Knative Serving, which has the ConfigMap config-gateway")
	flags.BoolVarP(&c.all, "all-namespaces", "A", false, "look in all namespaces")
	flags.BoolVar(&c.noColor, "no-color", false, "write without colours, as with the variable NO_COLOR")
}

// formats is the annotation of a command with the formats that it has besides those of all.
const formats = "formats"

// known refuses a format that a command does not have, before it looks at anything.
func (c *common) known(cmd *cobra.Command) error {
	known := slices.Concat(output.Formats, strings.Fields(cmd.Annotations[formats]))
	if slices.Contains(known, c.format) {
		return nil
	}
	return fmt.Errorf("-o %s is unknown: write one of %s", c.format, strings.Join(known, ", "))
}

// source is the cluster, or files.
func (c *common) source(ctx context.Context) (objects.Source, error) {
	if c.from != "" {
		return objects.Read(c.from)
	}
	cluster, err := c.cluster.Connect(agent())
	if err != nil {
		return nil, err
	}
	return c.shown(cluster.Source(ctx)), nil
}

// within is the namespace to look in; empty for all. Objects from files are few, and of no default namespace.
func (c *common) within() string {
	if c.all {
		return ""
	}
	return c.cluster.Namespace()
}

// write writes a report. It returns errFound if that found something.
func (c *common) write(report output.Report) error {
	text, err := output.Render(report, c.format, &output.Paper{Colour: c.colour(), Width: c.width()})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(c.Out, text); err != nil {
		return err
	}
	if report.Found() {
		return errFound
	}
	return nil
}

// shown is a Source whose progress is written where a person sees it.
func (c *common) shown(source objects.Source) objects.Source {
	if terminal(c.Err) {
		return objects.Progress(source, c.Err)
	}
	return source
}

// colour tells whether the output is a terminal, and colours are wanted.
func (c *common) colour() bool {
	return terminal(c.Out) && !c.noColor && c.Env("NO_COLOR") == "" && c.Env("TERM") != "dumb"
}

// width is how many columns the variable COLUMNS or the terminal has; 0, which is any number, for files and other programs.
func (c *common) width() int {
	if columns, err := strconv.Atoi(c.Env("COLUMNS")); err == nil && columns > 0 {
		return columns
	}
	if file, isFile := c.Out.(*os.File); isFile {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil {
			return columns
		}
	}
	return 0
}

// terminal tells whether a stream is a terminal, or another device of characters.
func terminal(stream io.Writer) bool {
	file, isFile := stream.(*os.File)
	if !isFile {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// agent is how the command names itself to the API server.
func agent() string { return "kn-gateways/" + version.String() }
