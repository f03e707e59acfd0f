// SPDX-License-Identifier: Apache-2.0

package hack

import (
	"io/fs"
	"os"
	"slices"
	"testing"
	"testing/fstest"
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
