// SPDX-License-Identifier: Apache-2.0

// Package hack checks what golangci-lint cannot; hack/lint runs both.
package hack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestRules: no goroutine and no channel in the pure core, which is what depguard's list in
// .golangci.yaml is for; a doc.go in each package; and no test sleeps, but in a synctest bubble.
func TestRules(t *testing.T) {
	core, documented := pureCore(t), map[string]bool{}
	err := fs.WalkDir(os.DirFS(".."), ".", func(file string, entry fs.DirEntry, err error) error {
		switch folder, name := path.Split(file); {
		case err != nil:
			return err
		case entry.IsDir() && (name == "testdata" || name == ".git" || file == "pkg/client"):
			return fs.SkipDir
		case path.Ext(name) == ".go":
			test := strings.HasSuffix(name, "_test.go")
			if !test {
				documented[folder] = documented[folder] || name == "doc.go" || name == "main.go" && !strings.HasPrefix(file, "pkg/")
			}
			source, err := os.ReadFile("../" + file)
			for _, finding := range broken(t, source, core(file), test || strings.HasPrefix(file, "test/")) {
				t.Errorf("%s %s", file, finding)
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for folder, has := range documented {
		if !has {
			t.Errorf("No doc.go in %s says what the package is for", folder)
		}
	}
}

// TestImplementations: tests know implementations of the Gateway API by the table in test/gateways alone, so that they run on
// each. Those of docs and of the release do what their pages say, which is about one.
func TestImplementations(t *testing.T) {
	names := regexp.MustCompile(`gateway\.envoyproxy\.io|envoy-gateway|\beg-[a-z]|istio\.io|projectcontour|traefik`)
	seen := 0
	err := fs.WalkDir(os.DirFS(".."), "test", func(file string, entry fs.DirEntry, err error) error {
		folder := strings.Split(file, "/")
		if err != nil || path.Ext(file) != ".go" || file == "test/cluster/policies.go" || slices.Contains([]string{"gateways", "docs", "release"}, folder[1]) {
			return err
		}
		source, err := os.ReadFile("../" + file)
		for _, name := range names.FindAllString(string(source), -1) {
			t.Errorf("%s names %q", file, name)
		}
		seen++
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d files: %v", seen, err)
	}
}

// TestRulesAreBroken breaks each once, so that a check that finds nothing does not pass.
func TestRulesAreBroken(t *testing.T) {
	for source, want := range map[string]string{
		"package a; func f() { go f() }":                                             "starts a goroutine",
		"package a; var c chan int":                                                  "has a channel",
		`package a; import "time"; func f() { time.Sleep(1) }`:                       "sleeps: watch for what it waits for",
		`package a; import ("time"; "testing/synctest"); func f() { time.Sleep(1) }`: "",
	} {
		if found := strings.Join(broken(t, []byte(source), true, true), ", "); found != want {
			t.Errorf("%s: %q, want %q", source, found, want)
		}
	}
	if core := pureCore(t); !core("pkg/translate/ingress.go") || !core("pkg/cli/graph/draw.go") || core("pkg/cli/live/flags.go") || core("pkg/translate/golden_test.go") || core("pkg/config/store.go") {
		t.Error("The pure core is not what .golangci.yaml says")
	}
}

// broken are the rules that a file breaks.
func broken(t *testing.T, source []byte, pure, test bool) (found []string) {
	tree, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	bubble := slices.ContainsFunc(tree.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"testing/synctest"` })
	ast.Inspect(tree, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.GoStmt:
			if pure {
				found = append(found, "starts a goroutine")
			}
		case *ast.ChanType:
			if pure {
				found = append(found, "has a channel")
			}
		case *ast.SelectorExpr:
			if of, ok := node.X.(*ast.Ident); ok && of.Name+"."+node.Sel.Name == "time.Sleep" && test && !bubble {
				found = append(found, "sleeps: watch for what it waits for")
			}
		}
		return true
	})
	return found
}

// pureCore tells whether depguard's list holds for a file.
func pureCore(t *testing.T) func(file string) bool {
	text, err := os.ReadFile("../.golangci.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var configuration struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct{ Files []string }
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &configuration); err != nil {
		t.Fatal(err)
	}
	rules := configuration.Linters.Settings.Depguard.Rules
	patterns := slices.Concat(rules["pure core"].Files, rules["pure command line"].Files)
	return func(file string) (pure bool) {
		for _, pattern := range patterns {
			pattern, without := strings.CutPrefix(pattern, "!")
			if matches, _ := path.Match(strings.TrimPrefix(pattern, "**/"), file); matches {
				pure = !without
			}
		}
		return pure && !strings.HasSuffix(file, "_test.go")
	}
}
