// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

const (
	module  = "github.com/net-gateways/net-gateways"
	licence = "// SPDX-License-Identifier: Apache-2.0"
)

// finding is a violation of a rule.
type finding struct {
	file string
	line int
	what string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.what) }

// checker looks at one file.
type checker struct {
	file     string // from the root of the checkout
	tree     *ast.File
	set      *token.FileSet
	names    map[string]string // what the imports are called here
	findings []finding
}

// check returns the violations in a file.
func check(file string, source []byte) ([]finding, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	c := &checker{file: file, tree: tree, set: set, names: map[string]string{}}
	if !bytes.HasPrefix(source, []byte(licence)) && !generated(tree) {
		c.add(tree, "the first line is not %q", licence)
	}
	c.imports()
	c.clocks()
	if !generated(tree) && !c.test() {
		c.sizes(bytes.Count(source, []byte("\n")))
	}
	slices.SortStableFunc(c.findings, func(a, b finding) int { return cmp.Compare(a.line, b.line) })
	return c.findings, nil
}

func (c *checker) test() bool { return strings.HasSuffix(c.file, "_test.go") }

func generated(tree *ast.File) bool { return ast.IsGenerated(tree) }

func (c *checker) add(at ast.Node, format string, args ...any) {
	c.findings = append(c.findings, finding{c.file, c.set.Position(at.Pos()).Line, fmt.Sprintf(format, args...)})
}

// imports checks the layers, and collects the imports' names for clocks.
func (c *checker) imports() {
	for _, spec := range c.tree.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		_, name := split(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		c.names[name] = path
		if isPure(c.file) && !mayImport(path) {
			c.add(spec, "pure code imports %s; see hack/layers/rules.go", path)
		}
		own := strings.TrimPrefix(path, module+"/")
		for folder, only := range onlyIn {
			if anyAbove([]string{folder}, own) && !anyAbove([]string{only, folder}, c.file) && !c.test() {
				c.add(spec, "only %s may import %s", only, folder)
			}
		}
	}
}

// clocks finds, in pure code, what makes an answer depend on when it is asked for;
// and in tests, sleeping.
func (c *checker) clocks() {
	pure := isPure(c.file)
	ast.Inspect(c.tree, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.GoStmt:
			if pure {
				c.add(node, "pure code starts a goroutine")
			}
		case *ast.ChanType:
			if pure {
				c.add(node, "pure code has a channel")
			}
		case *ast.SelectorExpr:
			of, ok := node.X.(*ast.Ident)
			if !ok || c.names[of.Name] != "time" {
				break
			}
			switch {
			case pure && slices.Contains(clocks, node.Sel.Name):
				c.add(node, "pure code asks a clock: time.%s", node.Sel.Name)
			case c.sleepless() && node.Sel.Name == "Sleep":
				c.add(node, "a test sleeps; watch for what it waits for")
			}
		}
		return true
	})
}

// sleepless tells whether the file is a test in real time, which must not sleep.
func (c *checker) sleepless() bool {
	if _, bubble := c.names["synctest"]; bubble {
		return false
	}
	return c.test() || strings.HasPrefix(c.file, "test/")
}

func (c *checker) sizes(lines int) {
	if lines > maxFileLines {
		c.add(c.tree, "%d lines, more than %d: which are its two jobs?", lines, maxFileLines)
	}
	if strings.HasPrefix(c.file, "test/") {
		return // a test may tell a long story
	}
	for _, declaration := range c.tree.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		length := c.set.Position(function.End()).Line - c.set.Position(function.Pos()).Line + 1
		if length > maxFunctionLines {
			c.add(function, "%s has %d lines, more than %d", function.Name, length, maxFunctionLines)
		}
		if n := parameters(function.Type); n > maxParameters {
			c.add(function, "%s has %d parameters, more than %d", function.Name, n, maxParameters)
		}
	}
}

// parameters counts those that a reader has to keep apart.
func parameters(function *ast.FuncType) int {
	n := 0
	for _, field := range function.Params.List {
		switch types.ExprString(field.Type) {
		case "context.Context", "*testing.T", "*testing.B", "testing.TB":
		default:
			n += max(1, len(field.Names))
		}
	}
	return n
}
