// SPDX-License-Identifier: Apache-2.0

package command_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/command"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

var update = flag.Bool("update", false, "write what the commands print into testdata")

// TestGoldens: B-CLI-5, each command of testdata/*.txtar, run on the files of a cluster. A case changes the cluster of
// testdata/shop.yaml by the objects of before.yaml before it is settled, and by those of change.yaml afterwards. gone.txt names
// objects that do not exist, as FILE NAMESPACE/NAME, and notserved.txt kinds that the API server does not serve, as FILE.
func TestGoldens(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, file := range cases {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	archive, folder := prepared(t, file)
	wrote := []txtar.File{}
	for _, section := range archive.Files {
		if !strings.HasPrefix(section.Name, "$ ") {
			wrote = append(wrote, section)
			continue
		}
		got := run(t, folder, strings.Fields(strings.TrimPrefix(section.Name, "$ ")))
		wrote = append(wrote, txtar.File{Name: section.Name, Data: []byte(got)})
		if diff := cmp.Diff(string(section.Data), got); diff != "" && !*update {
			t.Errorf("%s (-want, +got):\n%s", section.Name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: wrote}), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// prepared reads a case, and writes its cluster and its files into a folder.
func prepared(t *testing.T, file string) (archive *txtar.Archive, folder string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range archive.Files {
		sections[section.Name] = string(section.Data)
	}
	folder = t.TempDir()
	store := clitest.Change(t, settledShop(t, sections["before.yaml"]), sections["change.yaml"], sections["gone.txt"])
	for _, file := range strings.Fields(sections["notserved.txt"]) {
		kind := objects.Kinds[slices.IndexFunc(objects.Kinds, func(kind objects.Kind) bool { return kind.File() == file })]
		store.Without(kind, &objects.NotServed{Kind: kind})
	}
	write(t, filepath.Join(folder, "cluster"), store)
	for name, text := range sections {
		if rest, input := strings.CutPrefix(name, "in/"); input {
			if err := os.WriteFile(filepath.Join(folder, rest), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return archive, folder
}

// run runs a command in a folder, behind variables of the environment as in a shell, and returns what it prints and its exit code.
func run(t *testing.T, folder string, args []string) string {
	t.Helper()
	t.Chdir(folder)
	out, errs, environment := &bytes.Buffer{}, &bytes.Buffer{}, map[string]string{}
	for strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		environment[name], args = value, args[1:]
	}
	args = append([]string{"kn-gateways"}, args...)
	if !strings.Contains(strings.Join(args, " "), "--from") {
		args = append(args, "--from", "cluster")
	}
	streams := command.Streams{In: strings.NewReader(""), Out: out, Err: errs, Env: func(name string) string { return environment[name] }, Now: func() time.Time { return clitest.Now }}
	code := command.Run(t.Context(), streams, args)
	text := strings.ReplaceAll(out.String()+errs.String(), folder, "DIR")
	return text + fmt.Sprintf("exit %d\n", code)
}

// settledShop is the settled cluster, with some changes.
func settledShop(t *testing.T, changes string) *objects.Store {
	t.Helper()
	store, err := objects.Read("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	store = clitest.Change(t, store, changes, "")
	clitest.Settle(t, store)
	return store
}

// write writes a Store as files.
func write(t *testing.T, folder string, store *objects.Store) {
	t.Helper()
	files, err := store.Files()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
