// SPDX-License-Identifier: Apache-2.0

// Clidocs prints docs/kn-gateways.md from the commands themselves. hack/generate calls it.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/net-gateways/net-gateways/pkg/cli/command"
)

const head = `# kn gateways: the command line

Generated from the commands by hack/clidocs; do not edit. It tells which Gateway serves which Knative Service, and why not. It reads with your rights, and changes nothing
(but for ` + "`config init --apply`" + `).

**Install**: take the file for your system from the release, name it ` + "`kn-gateways`" + ` and put it into your ` + "`PATH`" + `. kn runs any program of such a name as ` + "`kn gateways`" + `
(that is kn's documented rule for plugins; the project's tests do not run kn itself). As ` + "`kubectl-net_gateways`" + ` it is ` + "`kubectl net-gateways`" + `. Or build it: ` + "`go build ./cmd/kn-gateways`" + `.

**Rights**: without the right to read an object, the report has a line that says so. The ClusterRole ` + "`net-gateways-viewer`" + ` has all that the commands read:

    kubectl create clusterrolebinding see-gateways --clusterrole=net-gateways-viewer --user=NAME

**Completion**: ` + "`kn gateways completion bash`" + ` (or zsh, fish, powershell) prints a script for your shell; ` + "`--help`" + ` says where it belongs.

**Exit codes**: 0, nothing found; 1, something is not as it should be; 2, it could not look.

**Width**: text goes on in the next line between words where the terminal, or the variable ` + "`COLUMNS`" + `, has no more columns; a command for the shell can still be copied.
Into a file or another program each text is one line.

**JSON and YAML**: each report has ` + "`apiVersion: net-gateways.github.io/v1`" + ` and a ` + "`kind`" + `. The fields are those of the type ` + "`Report`" + ` in the package of each command under
[pkg/cli](../pkg/cli), with what they mean. Fields may be added; none changes its meaning.
`

func main() {
	root := command.New(command.Streams{Out: os.Stdout, Err: os.Stderr, In: os.Stdin, Env: func(string) string { return "" }}, "kn-gateways")
	fmt.Print(Markdown(root))
}

// Markdown is the page of a command and of all below it.
func Markdown(root *cobra.Command) string {
	page := strings.Builder{}
	page.WriteString(head)
	for _, child := range root.Commands() {
		section(&page, child, 2)
	}
	fmt.Fprintf(&page, "\n## Flags of all commands\n\n%s", indented(root.PersistentFlags().FlagUsagesWrapped(100)))
	return page.String()
}

func section(page *strings.Builder, shown *cobra.Command, level int) {
	if shown.Hidden || shown.Name() == "help" {
		return
	}
	text := shown.Long
	if text == "" {
		text = shown.Short + "."
	}
	fmt.Fprintf(page, "\n%s %s\n\n%s\n", strings.Repeat("#", level), shown.CommandPath(), text)
	if shown.Runnable() && !shown.HasSubCommands() {
		fmt.Fprintf(page, "\n    %s\n", shown.UseLine())
	}
	if shown.Example != "" {
		fmt.Fprintf(page, "\nFor example\n\n%s", indented(strings.ReplaceAll(shown.Example, "  kn ", "kn ")))
	}
	if own := shown.LocalNonPersistentFlags(); own.HasAvailableFlags() {
		fmt.Fprintf(page, "\nFlags of its own\n\n%s", indented(own.FlagUsagesWrapped(100)))
	}
	for _, child := range shown.Commands() {
		section(page, child, level+1)
	}
}

func indented(text string) string {
	lines := strings.Builder{}
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		lines.WriteString("    " + line)
	}
	return lines.String()
}
