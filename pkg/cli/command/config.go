// SPDX-License-Identifier: Apache-2.0

package command

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/configure"
	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/cli/view"
)

func newConfig(c *common) *cobra.Command {
	parent := &cobra.Command{Use: "config", Short: "Check, show or begin the ConfigMap config-gateway", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	parent.AddCommand(newValidate(c), newShow(c), newInit(c))
	return parent
}

func newValidate(c *common) *cobra.Command {
	file := ""
	command := &cobra.Command{
		Use: "validate -f FILE", Short: "Say whether the webhook would admit a config-gateway", Args: cobra.NoArgs,
		Long: `Say whether the webhook would admit a config-gateway.

The file is a ConfigMap, or its data alone; - reads from standard input. It needs no cluster.`,
		Example: "  kn gateways config validate -f config-gateway.yaml",
		RunE: func(*cobra.Command, []string) error {
			text, err := c.read(file)
			if err != nil {
				return err
			}
			cm, err := configure.Parse(text, c.system)
			if err != nil {
				return err
			}
			return c.write(configure.Validate(file, cm, nil))
		},
	}
	requireFile(command, &file, "file with the ConfigMap or its data; - is standard input")
	return command
}

// requireFile registers -f.
func requireFile(command *cobra.Command, file *string, what string) {
	command.Flags().StringVarP(file, "filename", "f", "", what)
	if err := command.MarkFlagRequired("filename"); err != nil { // it is there
		panic(err)
	}
}

// read reads a file, or standard input.
func (c *common) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(c.In)
	}
	return os.ReadFile(file)
}

func newShow(c *common) *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Show what config-gateway says, with defaults, the Service and the features of each Gateway", Args: cobra.NoArgs,
		Example: "  kn gateways config show",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.reported(cmd, func(reader *view.Reader) (output.Report, error) { return configure.Show(reader) })
		},
	}
}

func newInit(c *common) *cobra.Command {
	class, apply, yes := "", false, false
	command := &cobra.Command{
		Use: "init", Short: "Print or write the lists of the first config-gateway", Args: cobra.NoArgs,
		Long: `Print the command that writes the lists that config-gateway lacks.

It looks which GatewayClasses are accepted, and changes nothing. The controller creates a Gateway of the class for each list.

With --apply it writes the lists itself, by server-side apply as field manager kn-gateways: it says what it will write, and asks
first. Where there is no terminal to ask, it needs --yes. A list that is there already stays as it is.`,
		Example: "  kn gateways config init\n  kn gateways config init --class eg | sh\n  kn gateways config init --class eg --apply",
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case apply:
				return c.begin(cmd.Context(), class, yes)
			case yes:
				return errors.New("--yes is for --apply")
			}
			return c.reported(cmd, func(reader *view.Reader) (output.Report, error) { return configure.Begin(reader, class) })
		},
	}
	command.Flags().StringVar(&class, "class", "", "GatewayClass to write, if several are accepted")
	command.Flags().BoolVar(&apply, "apply", false, "write the lists into config-gateway, and do not only print the command")
	command.Flags().BoolVar(&yes, "yes", false, "do not ask before --apply writes")
	return command
}

// reported writes the report that a Reader of the cluster gives.
func (c *common) reported(cmd *cobra.Command, report func(*view.Reader) (output.Report, error)) error {
	source, err := c.source(cmd.Context())
	if err != nil {
		return err
	}
	reader, err := view.NewReader(source, c.system, c.within())
	if err != nil {
		return err
	}
	found, err := report(reader)
	if err != nil {
		return err
	}
	return c.write(found)
}
