// SPDX-License-Identifier: Apache-2.0

package command

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/version"
)

func newVersion(c *common) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of this program", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return c.write(build{output.TypeOf("Version"), version.Release(), version.Commit(), runtime.Version()})
		},
	}
}

// build is what the program was built from.
type build struct {
	output.Type
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
}

// Text is the line that all programs of net-gateways print.
func (build) Text(paper *output.Paper) { paper.Line("%s", version.String()) }

// Found is false: any version is as it should be.
func (build) Found() bool { return false }
