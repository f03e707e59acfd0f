// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestArrows: no file of pkg/translate uses a name of a file that uses its own, be it by way of others.
// So its files have an order in which a reader never has to go back.
func TestArrows(t *testing.T) {
	uses := usesAmong(t, "../pkg/translate/...")
	if len(uses) < 10 {
		t.Fatalf("%d files use others", len(uses))
	}
	if circle := circleIn(uses); circle != nil {
		t.Errorf("These files use each other: %s", strings.Join(circle, " -> "))
	}
}

// TestCircles: a circle is found, and only a circle.
func TestCircles(t *testing.T) {
	for want, uses := range map[string]map[string][]string{
		"":      {"a": {"b", "c"}, "b": {"c"}},
		"a b a": {"a": {"b"}, "b": {"a"}},
		"b c b": {"a": {"b"}, "b": {"c"}, "c": {"b"}},
		"a c a": {"a": {"b", "c"}, "c": {"a"}},
	} {
		if got := strings.Join(circleIn(uses), " "); got != want {
			t.Errorf("%v: %q, want %q", uses, got, want)
		}
	}
}

// usesAmong has for each file of some packages the other ones whose names it uses.
func usesAmong(t *testing.T, pattern string) map[string][]string {
	mode := packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps
	loaded, err := packages.Load(&packages.Config{Mode: mode}, pattern)
	if err != nil || packages.PrintErrors(loaded) > 0 {
		t.Fatalf("%s does not compile: %v", pattern, err)
	}
	files, uses := map[string]bool{}, map[string]map[string]bool{}
	for _, pkg := range loaded {
		for _, file := range pkg.GoFiles {
			files[file] = true
		}
	}
	for _, pkg := range loaded {
		for name, object := range pkg.TypesInfo.Uses {
			from, to := pkg.Fset.Position(name.Pos()).Filename, pkg.Fset.Position(object.Pos()).Filename
			if from == to || !files[to] {
				continue
			}
			if uses[from] == nil {
				uses[from] = map[string]bool{}
			}
			uses[from][to] = true
		}
	}
	found := map[string][]string{}
	for from, to := range uses {
		for _, file := range slices.Sorted(maps.Keys(to)) {
			found[short(from)] = append(found[short(from)], short(file))
		}
	}
	return found
}

func short(file string) string { return filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file) }

// circleIn is a way from a file back to it; nil if there is none.
func circleIn(uses map[string][]string) []string {
	left := map[string]bool{} // without a circle
	var follow func(way []string) []string
	follow = func(way []string) []string {
		last := way[len(way)-1]
		if at := slices.Index(way[:len(way)-1], last); at >= 0 {
			return way[at:]
		}
		for _, next := range uses[last] {
			if left[next] {
				continue
			}
			if circle := follow(append(slices.Clone(way), next)); circle != nil {
				return circle
			}
		}
		left[last] = true
		return nil
	}
	for _, file := range slices.Sorted(maps.Keys(uses)) {
		if circle := follow([]string{file}); circle != nil {
			return circle
		}
	}
	return nil
}
