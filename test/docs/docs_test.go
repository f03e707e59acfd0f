// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package docs

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The pages, on an empty cluster each: what the README promises (B-INS-1, B-INS-6), an uninstall (B-OPS-3), what
// net-gateway-api leaves (B-INS-8), Serving's default-domain Job (B-RDY-7).
func TestReadme_BINS1_BOPS3(t *testing.T) { follow(t, readme) }

func TestInstall_BINS1_BOPS3(t *testing.T) { follow(t, install) }

func TestTakeover_BINS8(t *testing.T) { follow(t, takeover) }

func TestDomains_BRDY7(t *testing.T) { follow(t, domains) }

// follow does what a page says, in its order.
func follow(t *testing.T, page string) {
	empty(t)
	jobs, wrong := Account(all(t), steps, notRun)
	for _, finding := range wrong {
		t.Error(finding)
	}
	for _, job := range jobs {
		if job.Page != page {
			continue
		}
		name := fmt.Sprintf("%s:%d", strings.ReplaceAll(job.Page, "/", "_"), job.Line)
		if !t.Run(name, func(t *testing.T) { do(t, job) }) {
			return // what follows stands on it
		}
	}
}

// do runs a piece, with what belongs to it.
func do(t *testing.T, job Job) {
	fmt.Printf("\n%s:%d %s\n", job.Page, job.Line, job.Heading)
	for _, line := range job.Before {
		must(t, line)
	}
	commands := job.Commands()
	if job.As != "" {
		text := Fill(job.Text, substitutions, map[string]int{})
		say("    the file:", "", text, ofThePage)
		if err := os.WriteFile(os.Getenv("BLOCK"), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		commands = []string{job.As}
	}
	enter(t, commands, job)
	for _, look := range job.After {
		await(t, look)
	}
}

// reading are commands that a reader repeats, with the words of the page "some seconds later" in mind.
var reading = regexp.MustCompile(`^(curl|grep|kubectl( -n \S+)? (auth|describe|get|version)) `)

// enter runs the commands of a piece, once, and then those that only read until what came is what the page shows.
func enter(t *testing.T, commands []string, job Job) {
	t.Helper()
	outputs, failures := make([]string, len(commands)), make([]error, len(commands))
	begin, times := time.Now(), 0
	prints := regexp.MustCompile(job.Prints)
	repeat(t, fmt.Sprintf("%s:%d", job.Page, job.Line), func() (missing string) {
		for i, command := range commands {
			if times > 0 && !reading.MatchString(command) {
				continue
			}
			outputs[i], failures[i] = shell(Fill(command, substitutions, map[string]int{}))
			if failures[i] != nil && !reading.MatchString(command) {
				t.Fatalf("%s: %v\n%s", command, failures[i], outputs[i])
			}
		}
		times++
		for i, err := range failures {
			if err != nil {
				return fmt.Sprintf("%s: %v\n%s", commands[i], err, outputs[i])
			}
		}
		all := strings.Join(outputs, "")
		if absent := Compare(job.Shown, all); len(absent) > 0 {
			return fmt.Sprintf("the page shows %q, but what came is\n%s", absent, all)
		}
		if !prints.MatchString(all) {
			return fmt.Sprintf("no match of %q in\n%s", job.Prints, all)
		}
		return ""
	})
	for i, command := range commands {
		say("    $", Fill(command, substitutions, map[string]int{}), outputs[i], ofThePage)
	}
	fmt.Printf("      (%.1f s, %d times)\n", time.Since(begin).Seconds(), times)
}
