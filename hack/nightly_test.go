// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNightly: a stage that fails keeps no other from running, and only then and in the table it is a failure; -resume runs what has not passed,
// and no cluster is left.
func TestNightly(t *testing.T) {
	folder := t.TempDir()
	script, err := os.ReadFile("nightly")
	if err != nil {
		t.Fatal(err)
	}
	programs := map[string]string{
		"nightly":        string(script),
		"vulncheck":      "echo No vulnerabilities found.",
		"fuzz":           "echo 'fuzz: elapsed: 3s, execs: 12345 (1/sec), new interesting: 1 (total: 2)'; printf 'ok  \\tm/pkg/config\\t3.0s\\n'",
		"release-test":   "exit 3",
		"e2e":            "printf -- '--- PASS: TestA (1.00s)\\n--- FAIL: TestB (2.00s)\\nFAIL\\tm/test/e2e\\t3.4s\\n'; exit 1",
		"cluster":        "echo \"$*\" >>cluster",
		"ensure-cluster": "hack/cluster up",
		"install":        "",
		"dump":           "mkdir -p \"$1\"",
	}
	for name, text := range programs {
		if name != "nightly" {
			text = "#!/bin/sh\n" + text + "\n"
		}
		to := filepath.Join(folder, "hack", name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, []byte(text), 0o755); err != nil { //nolint:gosec // programs
			t.Fatal(err)
		}
	}
	in(t, folder, "git", "init", "-q")
	in(t, folder, "git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", "first")

	out, code := nightly(t, folder, "release-test", "e2e-load", "vulncheck", "fuzz")
	for _, want := range []string{
		"| vulncheck | ok | ", " | No vulnerabilities found. | ", "| fuzz | ok | ", " | pkg/config 12345 executions | ",
		"| release-test | failed (3) | ", "| e2e-load-1 | failed (1) | ", " | 1 tests passed, failed: TestB (2.00s), e2e 3 s | ", "| bench | not run | ",
		"FAILED: release-test e2e-load-1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	if out, _ := nightly(t, folder, "-resume", "vulncheck", "release-test"); strings.Contains(out, "== vulncheck") || !strings.Contains(out, "== release-test") {
		t.Errorf("-resume ran\n%s", out)
	}
	if out, code := nightly(t, folder, "-resume", "vulncheck", "fuzz"); code != 0 || strings.Contains(out, "==") {
		t.Errorf("what has passed is no failure: %d\n%s", code, out)
	}
	if out, code := nightly(t, folder, "fuss"); code != 2 || !strings.Contains(out, "no stage fuss") {
		t.Errorf("an unknown stage: %d\n%s", code, out)
	}
	calls, err := os.ReadFile(filepath.Join(folder, "cluster"))
	if lines := strings.Fields(string(calls)); err != nil || len(lines) == 0 || lines[len(lines)-1] != "down" {
		t.Errorf("a cluster is left: %q, %v", lines, err)
	}
}

func nightly(t *testing.T, folder string, args ...string) (string, int) {
	t.Helper()
	command := exec.Command("hack/nightly", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), "REPEAT=1", "CLUSTER=nobody")
	out, err := command.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), command.ProcessState.ExitCode()
}

func in(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = folder
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}
