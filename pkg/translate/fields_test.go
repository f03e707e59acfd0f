// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"sigs.k8s.io/yaml"
)

// TestFieldTable: B-TRN-2, docs/kingress.md has a row for each field of a KIngress's spec; a golden
// that is to show the field sets it, and one that is to show its gap or refusal names it.
func TestFieldTable(t *testing.T) {
	page, err := os.ReadFile("../../docs/kingress.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .* \\| (.*) \\| (.*)\\|$").FindAllStringSubmatch(string(page), -1) {
		rows[row[1]] = [][]string{linked(row[2]), linked(row[3])}
	}
	fields := fieldsOf(reflect.TypeFor[v1alpha1.IngressSpec](), "")
	if diff := cmp.Diff(slices.Sorted(slices.Values(fields)), slices.Sorted(maps.Keys(rows))); diff != "" {
		t.Errorf("Fields and rows (-fields, +rows):\n%s", diff)
	}
	for field, goldens := range rows {
		if len(goldens[0]) == 0 {
			t.Errorf("No golden shows %s", field)
		}
		for _, golden := range goldens[0] {
			ingress := map[string]any{}
			if err := yaml.Unmarshal([]byte(sectionsOf(t, golden)[sectionIngress]), &ingress); err != nil {
				t.Fatal(err)
			}
			if !hasValue(ingress["spec"], strings.Split(strings.ReplaceAll(field, "[]", ".[]"), ".")) {
				t.Errorf("%s does not set %s", golden, field)
			}
		}
		name := field[strings.LastIndex("."+field, "."):]
		for _, golden := range goldens[1] {
			if found := sectionsOf(t, golden); !regexp.MustCompile(`\b` + name + `\b`).MatchString(found[sectionGaps] + found[sectionRefusals]) {
				t.Errorf("No gap and no refusal of %s names %s", golden, name)
			}
		}
	}
}

// linked are the goldens that a cell of the table links to.
func linked(cell string) []string {
	found := []string{}
	for _, link := range regexp.MustCompile(`\(\.\./pkg/translate/(testdata/[^)]+)\)`).FindAllStringSubmatch(cell, -1) {
		found = append(found, link[1])
	}
	return found
}

func sectionsOf(t *testing.T, golden string) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.FromSlash(golden))
	if err != nil {
		t.Fatal(err)
	}
	found, err := sections(archive)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// fieldsOf are the fields of a type of the KIngress API and of all below it, as paths in JSON.
func fieldsOf(of reflect.Type, under string) []string {
	switch {
	case of.Kind() == reflect.Pointer:
		return fieldsOf(of.Elem(), under)
	case of.Kind() == reflect.Slice, of.Kind() == reflect.Map:
		return fieldsOf(of.Elem(), under+"[]")
	case of.Kind() != reflect.Struct || of.PkgPath() != reflect.TypeFor[v1alpha1.IngressSpec]().PkgPath():
		return nil
	}
	found := []string{}
	for field := range of.Fields() {
		if field.Anonymous {
			found = append(found, fieldsOf(field.Type, under)...)
			continue
		}
		path := strings.TrimPrefix(under+"."+nameInJSON(field), ".")
		found = append(append(found, path), fieldsOf(field.Type, path)...)
	}
	return found
}

func nameInJSON(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// hasValue tells whether the path leads to a value somewhere; [] is each of a list or a map.
func hasValue(in any, path []string) bool {
	switch {
	case len(path) == 0:
		return in != nil && in != ""
	case path[0] != "[]":
		fields, _ := in.(map[string]any)
		return hasValue(fields[path[0]], path[1:])
	}
	below := func(value any) bool { return hasValue(value, path[1:]) }
	if list, ok := in.([]any); ok {
		return slices.ContainsFunc(list, below)
	}
	byName, _ := in.(map[string]any)
	return slices.ContainsFunc(slices.Collect(maps.Values(byName)), below)
}
