// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// code is what the checks need of pkg and cmd.
type code struct {
	files []*ast.File
	// constants are those of strings, by PACKAGE.NAME.
	constants map[string]constant
}

type constant struct {
	of    *ast.File
	kind  string // as written, or empty
	value ast.Expr
}

// readCode parses pkg and cmd, without tests.
func readCode(tree fs.FS) (code, error) {
	all := code{constants: map[string]constant{}}
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (file == ".git" || entry.Name() == "testdata" || file == "pkg/client"):
			return fs.SkipDir
		case path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") || !strings.HasPrefix(file, "pkg/") && !strings.HasPrefix(file, "cmd/"):
			return nil
		}
		source, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.SkipObjectResolution)
		if err == nil {
			all.add(parsed)
		}
		return err
	})
	return all, err
}

func (c code) at(file *ast.File, name string) string { return file.Name.Name + "." + name }

func (c *code) add(file *ast.File) {
	c.files = append(c.files, file)
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			spec := spec.(*ast.ValueSpec)
			kind := ""
			if name, ok := spec.Type.(*ast.Ident); ok {
				kind = name.Name
			}
			for i, value := range spec.Values {
				c.constants[c.at(file, spec.Names[i].Name)] = constant{of: file, kind: kind, value: value}
			}
		}
	}
}

// text is the value of an expression of constant strings; false when it is no such expression.
func (c code) text(file *ast.File, value ast.Expr) (string, bool) {
	switch value := value.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(value.Value)
		return text, err == nil && value.Kind == token.STRING
	case *ast.Ident:
		known, found := c.constants[c.at(file, value.Name)]
		if !found {
			return "", false
		}
		return c.text(known.of, known.value)
	case *ast.SelectorExpr:
		of, ok := value.X.(*ast.Ident)
		if !ok {
			return "", false
		}
		known, found := c.constants[of.Name+"."+value.Sel.Name]
		if !found {
			return "", false
		}
		return c.text(known.of, known.value)
	case *ast.BinaryExpr:
		left, ok := c.text(file, value.X)
		right, both := c.text(file, value.Y)
		return left + right, ok && both && value.Op == token.ADD
	}
	return "", false
}
