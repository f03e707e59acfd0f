// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// aStage starts a shell with the functions of hack/stages.sh, which says each second what a stage is doing, and returns
// its standard error line by line.
func aStage(t *testing.T, script string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-c", "set -euo pipefail; source hack/stages.sh; STAGE_EVERY=1; "+script)
	command.Dir = ".."
	command.Env = append(os.Environ(), "STAGE_LOGS="+t.TempDir())
	out, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, bufio.NewScanner(out)
}

// until reads until a line contains the text, and returns all that it has read.
func until(t *testing.T, lines *bufio.Scanner, text string) string {
	t.Helper()
	said := ""
	for lines.Scan() {
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), text) {
			return said
		}
	}
	t.Fatalf("no %q in\n%s", text, said)
	return ""
}

// TestStageProgress: while a stage runs, lines say what it is doing, and how long it has taken.
func TestStageProgress(t *testing.T) {
	end := filepath.Join(t.TempDir(), "end")
	if err := syscall.Mkfifo(end, 0o600); err != nil {
		t.Fatal(err)
	}
	// The shell opens the pipe once and for both directions: so no read ends because a writer closes it.
	command, lines := aStage(t, `exec 7<>`+end+`; work() { echo "go: downloading k8s.io/api v0.35.7"; echo fmt; echo k8s.io/api/core/v1; read -r _ <&7
echo "2026/11/28 05:00:00 Building example.com/program for linux/amd64"; read -r _ <&7; }; stage build work`)
	for _, want := range []string{"compiling k8s.io/api/core/v1 (2 packages)", "    Building example.com/program for linux/amd64"} {
		line := until(t, lines, want)
		if !strings.Contains(line, "build") || !strings.Contains(line, " s ") {
			t.Errorf("%q has no name or no time", line)
		}
		if err := os.WriteFile(end, []byte("\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	until(t, lines, "== build")
	if err := command.Wait(); err != nil {
		t.Error(err)
	}
}

// TestStageFails: the end of the log is shown without the names of packages, and the script ends.
func TestStageFails(t *testing.T) {
	command, lines := aStage(t, `work() { echo "# example.com/broken"; echo "a.go:1:1: wrong"; echo k8s.io/api/core/v1; return 3; }; stage build work; echo "still here" >&2`)
	said := until(t, lines, "The whole log: ")
	for _, want := range []string{"FAILED", "# example.com/broken\na.go:1:1: wrong\n", "exit code 3"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if strings.Contains(said, "k8s.io") || lines.Scan() {
		t.Errorf("%s%s", said, lines.Text())
	}
	if err := command.Wait(); err == nil {
		t.Error("the script succeeds")
	}
}

// TestStageInterrupted: an interrupt ends what the stage has started, too.
func TestStageInterrupted(t *testing.T) {
	command, lines := aStage(t, `exec 7>&2; work() { echo begun; sleep 1000 2>&7; }; stage build work`)
	until(t, lines, "begun")
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	until(t, lines, "interrupted; run it again")
	for lines.Scan() { // until the last process that has this open has ended, sleep among them
	}
	if err := command.Wait(); err == nil || command.ProcessState.ExitCode() != 130 {
		t.Errorf("%v", err)
	}
}
