// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/yaml"
)

const (
	troubleshooting = "docs/troubleshooting.md"
	reference       = "docs/reference.md"
	issueForms      = ".github/ISSUE_TEMPLATE"
)

// TestDocs: every reason that the code declares has a heading in the page that says what to do, every name that is
// net-gateways' own stands in the reference, every link between pages leads somewhere, and GitHub can read the issue forms.
func TestDocs(t *testing.T) {
	tree := os.DirFS("..")
	for _, check := range []func(fs.FS) ([]string, error){reasonsWithoutHeading, namesWithoutMention, brokenLinks, brokenForms} {
		found, err := check(tree)
		if err != nil {
			t.Error(err)
		}
		for _, finding := range found {
			t.Error(finding)
		}
	}
}

// TestDocsAreBroken breaks each once, so that a check that finds nothing does not pass.
func TestDocsAreBroken(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	code := `package a
const reasonA, unrelated = "First", "no reason"
const ReasonB = "Second"
type Verb string
const ( Made Verb = "Third"; Created Verb = "Created" )
func f() { recorder.Event(o, kind, "Fourth", text); recorder.Eventf(o, kind, reasonA, text) }
const Prefix = "net-gateways.example/"
const Annotation = Prefix + "note"
const endSuffix = ".end"
var where = fmt.Sprintf("/net-gateways/%d", 1)
var manager = "net-gateways-" + uid
const message = "net-gateways says this"
`
	other := "package b\nimport \"m/a\"\nconst Label = a.Prefix + \"label\"\n"
	tree := fstest.MapFS{
		"pkg/a/a.go": file(code), "pkg/b/b.go": file(other), "pkg/a/a_test.go": file("package a\nconst ReasonTest = \"Test\""),
		"config/a.yaml":   file("metadata:\n  name: an-object\n"),
		troubleshooting:   file("## First\n### `Second`\nThird Fourth\n```\n## Third\n```\n"),
		reference:         file("# Names\n`net-gateways.example/`, `net-gateways.example/notes`, `net-gateways.example/label`, `net-gateways-UID`, `/net-gateways/`\n"),
		"docs/a/links.md": file("# A `b` c, d!\n## Twice\n## Twice\n[a](#a-b-c-d) [b](#twice-1) [c](../reference.md#names) [d](https://x/#y) `[e](gone.md)`\n[f](gone.md) [g](#gone) [h](../reference.md#gone) [i](../../../out.md)\n"),
		"README.md":       file("[a](https://github.com/net-gateways/net-gateways/blob/main/gone.md) [b](docs/a) ![c](gone.png)"),

		issueForms + "/a.yaml":     file("name: a\ndescription: b\nbody:\n- type: input\n"),
		issueForms + "/config.yml": file("blank_issues_enabled: true"),
	}
	for _, test := range []struct {
		check func(fs.FS) ([]string, error)
		want  []string
	}{
		{reasonsWithoutHeading, []string{`docs/troubleshooting.md has no heading "Fourth"`, `docs/troubleshooting.md has no heading "Third"`}},
		{namesWithoutMention, []string{
			`docs/reference.md does not name ".end"`, `docs/reference.md does not name "an-object"`, `docs/reference.md does not name "net-gateways.example/note"`}},
		{brokenLinks, []string{
			"README.md: https://github.com/net-gateways/net-gateways/blob/main/gone.md leads nowhere", "README.md: gone.png leads nowhere",
			"docs/a/links.md: gone.md leads nowhere", "docs/a/links.md: #gone is no heading there",
			"docs/a/links.md: ../reference.md#gone is no heading there", "docs/a/links.md: ../../../out.md leads nowhere"}},
		{brokenForms, []string{".github/ISSUE_TEMPLATE/a.yaml: body[0] of type input has no id, or no label"}},
	} {
		if found, err := test.check(tree); err != nil || !slices.Equal(found, test.want) {
			t.Errorf("found %q, %v\nwant %q", found, err, test.want)
		}
	}
}

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

// namesWithoutMention are findings about names that the code or the manifests use.
func namesWithoutMention(tree fs.FS) ([]string, error) {
	code, err := readCode(tree)
	if err != nil {
		return nil, err
	}
	names := code.names()
	manifests, err := fs.Glob(tree, "config/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, manifest := range manifests {
		text, err := fs.ReadFile(tree, manifest)
		if err != nil {
			return nil, err
		}
		for _, match := range regexp.MustCompile(`(?m)^metadata:\n  name: (\S+)$`).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
	}
	page, err := fs.ReadFile(tree, reference)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	found := []string{}
	for _, name := range slices.Compact(names) {
		if !regexp.MustCompile(regexp.QuoteMeta(name)+`([^\w-]|$)`).Match(page) && !(strings.HasSuffix(name, "-") && strings.Contains(string(page), name)) {
			found = append(found, fmt.Sprintf("%s does not name %q", reference, name))
		}
	}
	return found, nil
}

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

// names are the texts with the project's name in them, but for sentences and packages, and the constants whose own name
// says that they are a name.
func (c code) names() []string {
	found := []string{}
	ours := func(text string) bool {
		return strings.Contains(strings.ToLower(text), "net-gateways") && !strings.ContainsAny(text, " \n") && !strings.HasPrefix(strings.TrimPrefix(text, "https://"), "github.com/")
	}
	for key, known := range c.constants {
		text, ok := c.text(known.of, known.value)
		is := regexp.MustCompile(`(Annotation|Finalizer|Header|Label|Manager|Suffix)$`).MatchString(key)
		if ok && (ours(text) || is && !strings.Contains(text, "/")) {
			found = append(found, text)
		}
	}
	for _, file := range c.files {
		ast.Inspect(file, func(node ast.Node) bool {
			if _, imports := node.(*ast.ImportSpec); imports {
				return false
			}
			if literal, ok := node.(*ast.BasicLit); ok {
				if text, ok := c.text(file, literal); ok && ours(text) {
					text, _, _ = strings.Cut(text, "%") // of a format
					found = append(found, text)
				}
			}
			return true
		})
	}
	return found
}

var (
	codeSpan = regexp.MustCompile("`[^`\n]*`")
	link     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// own is where pages that are not in the checkout find ours.
const own = "https://github.com/net-gateways/net-gateways/blob/main/"

// brokenLinks are findings about links that are relative, and absolute ones to this repository.
func brokenLinks(tree fs.FS) ([]string, error) {
	found := []string{}
	err := fs.WalkDir(tree, ".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (file == ".git" || file == "dist" || entry.Name() == "testdata"):
			return fs.SkipDir
		case path.Ext(file) != ".md":
			return nil
		}
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		for _, match := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(withoutFences(string(text)), ""), -1) {
			if problem := follow(tree, file, match[1]); problem != "" {
				found = append(found, file+": "+match[1]+" "+problem)
			}
		}
		return nil
	})
	return found, err
}

// follow says what is wrong with a link; empty when nothing is, or when it leads elsewhere.
func follow(tree fs.FS, file, target string) string {
	to, within := strings.CutPrefix(target, own)
	if !within && strings.Contains(target, ":") {
		return ""
	}
	to, anchor, anchored := strings.Cut(to, "#")
	switch {
	case to == "":
		to = file
	case !within:
		to = path.Join(path.Dir(file), to)
	}
	if _, err := fs.Stat(tree, to); err != nil {
		return "leads nowhere"
	}
	if !anchored || path.Ext(to) != ".md" {
		return ""
	}
	text, err := fs.ReadFile(tree, to)
	if err != nil || !slices.Contains(headingsOf(string(text)), anchor) {
		return "is no heading there"
	}
	return ""
}

// headingsOf are the anchors that GitHub gives the headings of a page.
func headingsOf(page string) []string {
	found, times := []string{}, map[string]int{}
	for line := range strings.Lines(withoutFences(page)) {
		title := strings.TrimLeft(line, "#")
		if level := len(line) - len(title); level == 0 || level > 6 || !strings.HasPrefix(title, " ") {
			continue
		}
		title = link.ReplaceAllString(strings.TrimSpace(title), "]")
		anchor := strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		if times[anchor]++; times[anchor] > 1 {
			anchor = fmt.Sprintf("%s-%d", anchor, times[anchor]-1)
		}
		found = append(found, anchor)
	}
	return found
}

// withoutFences takes the blocks of code between fences out of a page.
func withoutFences(page string) string {
	kept, fenced := strings.Builder{}, false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		} else if !fenced {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// brokenForms are findings about the issue forms: GitHub does not show one that lacks a field.
func brokenForms(tree fs.FS) ([]string, error) {
	found := []string{}
	forms, err := fs.Glob(tree, issueForms+"/*")
	for _, file := range forms {
		text, err := fs.ReadFile(tree, file)
		if err != nil {
			return nil, err
		}
		var form struct {
			Name, Description string
			Body              []struct {
				Type, ID   string
				Attributes struct{ Label, Value string }
			}
		}
		switch err := yaml.Unmarshal(text, &form); {
		case err != nil:
			found = append(found, fmt.Sprintf("%s: %v", file, err))
			continue
		case path.Base(file) == "config.yml":
			continue
		case form.Name == "" || form.Description == "" || len(form.Body) == 0:
			found = append(found, file+": has no name, no description, or no body")
		}
		for i, field := range form.Body {
			if field.Type == "markdown" && field.Attributes.Value == "" || field.Type != "markdown" && (field.ID == "" || field.Attributes.Label == "") {
				found = append(found, fmt.Sprintf("%s: body[%d] of type %s has no id, or no label", file, i, field.Type))
			}
		}
	}
	return found, err
}
