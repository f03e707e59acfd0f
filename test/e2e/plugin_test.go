// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// B-CLI-2, B-CLI-5: the real kubectl runs the command line as `kubectl net-gateways`, and by the rule that kn documents for its
// plugins, kn runs it as `kn gateways`. Both pass on arguments, streams and the exit code. A dump gives the same reports.
func TestPlugin_BCLI2_BCLI5(t *testing.T) {
	installPlugin(t)
	space := world.Space(t, nil)
	space.Serve(t, "hello", nil)
	for name, called := range map[string]func(args ...string) []string{
		"kubectl net-gateways": func(args ...string) []string { return append([]string{"kubectl", "net-gateways"}, args...) },
		"kn gateways":          func(args ...string) []string { return asKn(t, append([]string{"gateways"}, args...)) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, test := range []struct {
				args  string
				code  int
				words string
			}{
				{"explain hello -n " + space.Name, 0, "Service " + space.Name + "/hello is Ready"},
				{"explain helo -n " + space.Name, 2, "Error: namespace " + space.Name + " has no service helo: did you mean hello?"},
				{"list --help", 0, "Usage:\n  " + name + " list"},
			} {
				if code, output := ended(t, called(strings.Fields(test.args)...)); code != test.code || !strings.Contains(output, test.words) {
					t.Errorf("%s %s: exit code %d, want %d with %q:\n%s", name, test.args, code, test.code, test.words, output)
				}
			}
		})
	}
	dump := filepath.Join(t.TempDir(), "dump.tgz")
	if code, output := ended(t, []string{"kn-gateways", "dump", "--to", dump}); code != 0 {
		t.Fatal(output)
	}
	changing := regexp.MustCompile(`"(age|requests)": .*`)
	for _, report := range []string{"explain hello -n " + space.Name, "graph hello -n " + space.Name, "graph hello --routes -n " + space.Name, "config show"} {
		args := append([]string{"kn-gateways"}, strings.Fields(report+" -o json")...)
		code, live := ended(t, args)
		dumped, offline := ended(t, append(args, "--from", dump))
		if bare := changing.ReplaceAllString(live, ""); code != dumped || bare != changing.ReplaceAllString(offline, "") {
			t.Errorf("%s: exit code %d, and from a dump %d:\n%s\n%s", report, code, dumped, live, offline)
		}
	}
}

// B-CLI-1: explain -w says why a service is not Ready, and ends once it is.
func TestFollow_BCLI1(t *testing.T) {
	installPlugin(t)
	space := world.Space(t, nil)
	cluster.KIngresses.Create(t, world.Cluster, space.KIngress("hello", nil))
	space.AwaitReason(t, "hello", cluster.Seconds, "RefsNotResolved", "hello")
	said := &bytes.Buffer{}
	command := exec.CommandContext(t.Context(), "kn-gateways", "explain", "hello", "-n", space.Name, "-w")
	command.Stdout, command.Stderr = said, said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	space.Backend(t, "hello")
	space.AwaitReady(t, "hello", cluster.Seconds)
	if err := command.Wait(); err != nil || !strings.Contains(said.String(), "Service "+space.Name+"/hello is Ready for ") {
		t.Errorf("%v\n%s", err, said)
	}
}

// installPlugin puts the command line into the PATH, by both of its names.
func installPlugin(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	program := filepath.Join(folder, "kn-gateways")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/kn-gateways").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if err := os.Symlink(program, filepath.Join(folder, "kubectl-net_gateways")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// asKn is the command that kn runs: of the programs of the PATH whose name is kn and some of the first arguments with hyphens
// between, that with the most of them. It gets the other arguments.
func asKn(t *testing.T, args []string) []string {
	t.Helper()
	for n := len(args); n > 0; n-- {
		if program, err := exec.LookPath("kn-" + strings.Join(args[:n], "-")); err == nil {
			return append([]string{program}, args[n:]...)
		}
	}
	t.Fatalf("kn finds no plugin for %q", args)
	return nil
}

// ended runs a command, and returns its exit code and what it has printed.
func ended(t *testing.T, command []string) (int, string) {
	t.Helper()
	output, err := exec.CommandContext(t.Context(), command[0], command[1:]...).CombinedOutput()
	exit := (*exec.ExitError)(nil)
	switch {
	case errors.As(err, &exit):
		return exit.ExitCode(), string(output)
	case err != nil:
		t.Fatal(err)
	}
	return 0, string(output)
}
