// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs are those that the commands of check may run.
var programs = []string{"kubectl", "kubeadm"}

// calls is the variable with the file into which the programs write how they were called.
const calls = "CHECK_TEST_CALLS"

// call is how a shell has called a program.
type call struct {
	Args  []string
	Stdin string
}

// TestMain lets this program stand for kubectl: it writes down how it is called, so that the quotes of a command are those of a real
// shell.
func TestMain(m *testing.M) {
	if program := filepath.Base(os.Args[0]); slices.Contains(programs, program) {
		if err := record(call{Args: append([]string{program}, os.Args[1:]...)}); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

func record(one call) error {
	if slices.Contains(one.Args, "-") {
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err
		}
		one.Stdin = string(text)
	}
	file, err := os.OpenFile(os.Getenv(calls), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	return json.NewEncoder(file).Encode(one)
}

// shell runs a command as an operator does who pastes it, and returns which programs it calls.
func shell(t *testing.T, command string) []call {
	t.Helper()
	folder := t.TempDir()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range programs {
		if err := os.Symlink(own, filepath.Join(folder, program)); err != nil {
			t.Fatal(err)
		}
	}
	run := exec.CommandContext(t.Context(), "/bin/sh", "-c", command)
	run.Env = []string{"PATH=" + folder, calls + "=" + filepath.Join(folder, "calls")}
	if output, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, output)
	}
	text, err := os.ReadFile(filepath.Join(folder, "calls"))
	if err != nil {
		t.Fatalf("%s calls nothing: %v", command, err)
	}
	found := []call{}
	for line := range strings.Lines(string(text)) {
		one := call{}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
	return found
}
