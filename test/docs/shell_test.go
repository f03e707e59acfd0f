// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package docs

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	// patience is how long the looks at what has come of a command wait, at most.
	patience = 2 * time.Minute
	askEvery = 500 * time.Millisecond
	// How many lines of an output are printed: of a command of the page, and of one of the test's own.
	ofThePage, ofTheTest = 12, 2
)

// shell runs a line in the checkout, as a reader would, but in a shell that fails with any part of a pipe. It returns what is
// printed, without progress and warnings, which are in the error.
func shell(line string) (output string, err error) {
	command := exec.Command("bash", "-o", "pipefail", "-c", line)
	command.Dir = "../.."
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, complaints.String())
	}
	return string(out), err
}

// say prints a command as it was run, and its output.
func say(sign, line, output string, shown int) {
	fmt.Printf("%s %s\n", sign, line)
	lines := strings.Split(strings.TrimRight(output, "\n"), "\n")
	for i, line := range lines {
		switch {
		case line == "" && len(lines) == 1:
		case i < shown:
			fmt.Printf("      %s\n", line)
		case i == shown:
			fmt.Printf("      ... %d lines more\n", len(lines)-i)
		}
	}
}

// must runs a line of the test's own.
func must(t *testing.T, line string) {
	t.Helper()
	begin := time.Now()
	output, err := shell(line)
	say(fmt.Sprintf("  (%4.1f s) -", time.Since(begin).Seconds()), line, output, ofTheTest)
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, output)
	}
}

// await runs a line until it succeeds and its output matches.
func await(t *testing.T, look Look) {
	t.Helper()
	until, begin := regexp.MustCompile(look.Until), time.Now()
	var output string
	repeat(t, look.Run, func() string {
		var err error
		output, err = shell(look.Run)
		switch {
		case err != nil:
			return fmt.Sprintf("%v\n%s", err, output)
		case !until.MatchString(output):
			return fmt.Sprintf("no match of %q in\n%s", look.Until, output)
		}
		return ""
	})
	say(fmt.Sprintf("  (%4.1f s) ?", time.Since(begin).Seconds()), look.Run, output, ofTheTest)
}

// repeat calls try until nothing is missing.
func repeat(t *testing.T, what string, try func() (missing string)) {
	t.Helper()
	limit, ticker := time.After(patience), time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		missing := try()
		if missing == "" {
			return
		}
		select {
		case <-limit:
			t.Fatalf("%s, after %s: %s", what, patience, missing)
		case <-ticker.C:
		}
	}
}
