// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"fmt"
	"go/ast"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// reasonsWithoutHeading are findings about reasons of conditions and Events.
func reasonsWithoutHeading(tree fs.FS) ([]string, error) {
	code, err := readCode(tree)
	if err != nil {
		return nil, err
	}
	page, err := fs.ReadFile(tree, troubleshooting)
	if err != nil {
		return nil, err
	}
	headings := headingsOf(string(page))
	found := []string{}
	for _, reason := range code.reasons() {
		if !slices.Contains(headings, strings.ToLower(reason)) {
			found = append(found, fmt.Sprintf("%s has no heading %q", troubleshooting, reason))
		}
	}
	return found, nil
}

// reasons are the constants that are named so or are verbs, and what Events are recorded with, sorted.
func (c code) reasons() []string {
	found := []string{}
	for key, known := range c.constants {
		_, name, _ := strings.Cut(key, ".")
		if text, ok := c.text(known.of, known.value); ok && (regexp.MustCompile(`^[Rr]eason[A-Z]`).MatchString(name) || known.kind == "Verb" && text != "Created") { // of which no Event tells
			found = append(found, text)
		}
	}
	for _, file := range c.files {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) < 4 {
				return true
			}
			if called, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Event", "Eventf", "say"}, called.Sel.Name) {
				if text, ok := c.text(file, call.Args[2]); ok {
					found = append(found, text)
				}
			}
			return true
		})
	}
	slices.Sort(found)
	return slices.Compact(found)
}
