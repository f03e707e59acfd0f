// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestNames: the program is called as kn and kubectl call it, and each command says what it is for and shows an example or takes
// nothing.
func TestNames(t *testing.T) {
	for invoked, want := range map[string]string{"/usr/bin/kn-gateways": "kn gateways list", "kubectl-net_gateways": "kubectl net-gateways list"} {
		out := &bytes.Buffer{}
		streams := Streams{Out: out, Err: out, In: strings.NewReader(""), Env: func(string) string { return "" }}
		if code := Run(t.Context(), streams, []string{invoked, "list", "--help"}); code != NothingFound || !strings.Contains(out.String(), "Usage:\n  "+want) {
			t.Errorf("%s: %d\n%s", invoked, code, out)
		}
	}
	var visit func(*cobra.Command)
	visit = func(command *cobra.Command) {
		if command.Short == "" || !command.Runnable() {
			t.Errorf("%s says nothing", command.CommandPath())
		}
		for _, child := range command.Commands() {
			visit(child)
		}
	}
	visit(New(Streams{}, "kn-gateways"))
}

// TestUsage: what is missing or too much on the command line is one line that says how the command is to be written.
func TestUsage(t *testing.T) {
	for command, want := range map[string]string{
		"explain":        "Error: accepts 1 arg(s), received 0 (usage: kn gateways explain SERVICE|HOST [flags])\n",
		"dump":           "Error: required flag(s) \"to\" not set (usage: kn gateways dump --to FILE.tgz [flags])\n",
		"graph --colour": "Error: unknown flag: --colour (usage: kn gateways graph [SERVICE|gateway/NAMESPACE/NAME] [flags])\n",
		"show":           "Error: unknown command \"show\" for \"kn gateways\" (usage: kn gateways [flags])\n",
	} {
		errs := &bytes.Buffer{}
		streams := Streams{Out: &bytes.Buffer{}, Err: errs, In: strings.NewReader(""), Env: func(string) string { return "" }}
		code := Run(t.Context(), streams, append([]string{"kn-gateways"}, strings.Fields(command)...))
		if code != CouldNotLook || errs.String() != want {
			t.Errorf("%s: %d\n%s", command, code, errs)
		}
	}
}

// TestNoCluster: without a cluster there is one line, and the code for that.
func TestNoCluster(t *testing.T) {
	for _, command := range []string{"list", "explain a", "check", "graph", "config show", "config init", "preview label a b=c", "dump --to dump.tgz"} {
		for _, how := range []string{"--kubeconfig /does/not/exist", "--context nowhere"} {
			t.Setenv("KUBECONFIG", t.TempDir()+"/none")
			errs := &bytes.Buffer{}
			streams := Streams{Out: &bytes.Buffer{}, Err: errs, In: strings.NewReader(""), Env: func(string) string { return "" }}
			code := Run(t.Context(), streams, append([]string{"kn-gateways"}, strings.Fields(command+" "+how)...))
			if code != CouldNotLook || strings.Count(errs.String(), "\n") != 1 || !strings.HasPrefix(errs.String(), "Error: ") {
				t.Errorf("%s %s: %d\n%s", command, how, code, errs)
			}
		}
	}
}
