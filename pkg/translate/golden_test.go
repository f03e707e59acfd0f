// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the wanted sections of testdata")

// TestGoldens translates every case under testdata. A case has its whole input and its whole output; its
// comment names the behaviours of SPEC that it shows. B-TRN-4: the same input in any order gives the same
// bytes, and is not changed.
func TestGoldens(t *testing.T) {
	for _, path := range goldens(t) {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar")
		t.Run(name, func(t *testing.T) { runGolden(t, path) })
	}
}

func goldens(t testing.TB) []string {
	t.Helper()
	found := []string{}
	err := filepath.WalkDir("testdata", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".txtar" {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatal("No goldens:", err)
	}
	return found
}

func runGolden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`B-[A-Z]+-\d`).Match(archive.Comment) {
		t.Error("The comment names no behaviour of SPEC")
	}
	want, err := sections(archive)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := decodeCase(want)
	if err != nil {
		t.Fatal(err)
	}
	got := translateTwice(t, decoded)
	if *update {
		rewrite(t, path, archive, got)
		return
	}
	for _, name := range outputs {
		if diff := cmp.Diff(want[name], got[name]); diff != "" {
			t.Errorf("%s (-want, +got; -update rewrites it):\n%s", name, diff)
		}
	}
}

// translateTwice runs the case with its input in two orders, and checks what holds
// for every case.
func translateTwice(t *testing.T, decoded *testCase) map[string]string {
	t.Helper()
	var got map[string]string
	for seed := range uint64(2) {
		random := rand.New(rand.NewPCG(seed, 0))
		seen, err := decoded.observe(decoded.observed.shuffled(random))
		if err != nil {
			t.Fatal(err)
		}
		before := inputCopy(seen.Input())
		in, desired, err := decoded.translate(seen)
		before.Warmed = in.Warmed
		if diff := cmp.Diff(before, in, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("The input was changed (-before, +after):\n%s", diff)
		}
		again := rendered(t, desired, refusals(seen, desired), err)
		if got == nil {
			got = again
			checkAdmitted(t, desired)
			checkSettled(t, in, desired)
		} else if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("Another order of the input gives another output:\n%s", diff)
		}
	}
	return got
}

func rewrite(t *testing.T, path string, archive *txtar.Archive, got map[string]string) {
	t.Helper()
	input := slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return slices.Contains(outputs, f.Name) })
	archive.Files = append([]txtar.File{{Name: sectionSummary, Data: []byte(got[sectionSummary])}}, input...)
	for _, name := range outputs[1:] {
		if got[name] != "" {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
		}
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestConformanceCasesHaveGoldens: B-TRN-1, there is a golden for every test of the
// networking conformance suite, under its name with dashes for slashes.
func TestConformanceCasesHaveGoldens(t *testing.T) {
	source, err := moduleFile("knative.dev/networking", "test/conformance/ingress/run.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^\t"([^"]+)": +Test`).FindAllSubmatch(source, -1)
	if len(names) < 20 {
		t.Fatalf("Read only %d names in the suite", len(names))
	}
	for _, name := range names {
		path := "testdata/conformance/" + strings.ReplaceAll(string(name[1]), "/", "-") + ".txtar"
		if _, err := os.Stat(path); err != nil {
			t.Errorf("Conformance test %s has no golden: %v", name[1], err)
		}
	}
}
