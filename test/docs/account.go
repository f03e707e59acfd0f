// SPDX-License-Identifier: Apache-2.0

package docs

import (
	"fmt"
	"regexp"
	"strings"
)

// Place is where something stands in a page: the piece below this heading with this text in it.
type Place struct{ Page, Heading, Text string }

func (p Place) has(piece Piece) bool {
	return p.Page == piece.Page && p.Heading == piece.Heading && strings.Contains(piece.Text, p.Text)
}

func (p Place) String() string { return fmt.Sprintf("%s, %s: %s", p.Page, p.Heading, p.Text) }

// NotRun is an entry of the closed list: a piece that is not run.
type NotRun struct {
	Place
	Why string
}

// Step is what belongs to the piece at a place.
type Step struct {
	Place
	// Before is what the page takes for granted there.
	Before []string
	// As puts a block to use that has no commands, but text for a file, which is at $BLOCK then.
	As string
	// Prints is what the output must match, besides what the page shows.
	Prints string
	// After are looks at what has come of it.
	After []Look
}

// Look is a command that is repeated until it succeeds and its output matches.
type Look struct{ Run, Until string }

// Job is a piece that is run, and what the page shows as its output.
type Job struct {
	Piece
	Shown string
	Step
}

// program begins a command, perhaps after variables for it.
var program = regexp.MustCompile(`^(?:[A-Z_]+=\S* )*(?:crane|curl|grep|jq|kind|ko|kubectl|make|sed|while) `)

// IsCommand tells a command from a file, from the output of a command, and, between backquotes, from the name of one.
func (p Piece) IsCommand() bool {
	return program.MatchString(p.Text) && (!p.Inline || strings.Count(p.Text, " ") > 1)
}

// Commands are the lines of a block.
func (p Piece) Commands() []string { return strings.Split(p.Text, "\n") }

// Account finds the jobs among all pieces of the pages, in their order. All other pieces must be on the closed list, but for
// words of a sentence. It reports what is neither, and what of the list or the steps is at no piece, or at two.
func Account(pieces []Piece, steps []Step, list []NotRun) (jobs []Job, wrong []string) {
	uses := map[Place]int{}
	shows := -1 // the job whose output may follow
	for i, piece := range pieces {
		step, listed := find(piece, steps, list, uses)
		hasStep := step.Place != Place{}
		switch {
		case listed && hasStep:
			wrong = append(wrong, fmt.Sprintf("%s:%d has a step, and is on the list of what is not run", piece.Page, piece.Line))
		case listed:
			shows = -1
		case hasStep || piece.IsCommand():
			jobs = append(jobs, Job{Piece: piece, Step: step})
			shows = len(jobs) - 1
		case piece.Inline:
		case piece.Follows && shows >= 0:
			jobs[shows].Shown += piece.Text + "\n"
		case piece.Follows && pieces[i-1].IsCommand(): // the output of what is on the list
		default:
			first, _, _ := strings.Cut(piece.Text, "\n")
			wrong = append(wrong, fmt.Sprintf("%s:%d is neither run nor on the list of what is not: %s", piece.Page, piece.Line, first))
		}
	}
	return jobs, append(wrong, misplaced(steps, list, uses)...)
}

// find looks a piece up, and counts the uses of places.
func find(piece Piece, steps []Step, list []NotRun, uses map[Place]int) (found Step, listed bool) {
	for _, step := range steps {
		if step.has(piece) {
			uses[step.Place]++
			found = step
		}
	}
	for _, entry := range list {
		if entry.has(piece) {
			uses[entry.Place]++
			listed = true
		}
	}
	return found, listed
}

func misplaced(steps []Step, list []NotRun, uses map[Place]int) (wrong []string) {
	places := []Place{}
	for _, step := range steps {
		places = append(places, step.Place)
	}
	for _, entry := range list {
		places = append(places, entry.Place)
	}
	for _, place := range places {
		if uses[place] != 1 {
			wrong = append(wrong, fmt.Sprintf("%d pieces are at %s", uses[place], place))
		}
	}
	return wrong
}
