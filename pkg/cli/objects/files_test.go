// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

const aNamespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"

// TestRead: B-CLI-5, what can be wrong with files is one clear line.
func TestRead(t *testing.T) {
	whole := archive(t, objects.VersionFile, objects.FormatVersion+"\n", "namespaces.yaml", aNamespace, "configmaps.denied", "forbidden", objects.EndFile, "")
	for name, test := range map[string]struct {
		file string
		text []byte
		want string
	}{
		"whole":       {"dump.tgz", whole, ""},
		"cut off":     {"dump.tgz", whole[:len(whole)/2], "is cut off: unexpected EOF: write it again"},
		"no end":      {"dump.tgz", archive(t, objects.VersionFile, objects.FormatVersion, "namespaces.yaml", aNamespace), "is cut off"},
		"of another":  {"dump.tgz", archive(t, objects.VersionFile, "net-gateways dump, format 9", objects.EndFile, ""), `it says "net-gateways dump, format 9", and this command reads "net-gateways dump, format 1"`},
		"no dump":     {"dump.tgz", archive(t, "etc/passwd", "root"), "is no dump of this command"},
		"no archive":  {"dump.tgz", []byte("hello"), "is no dump: "},
		"no object":   {"a.yaml", []byte("a: b"), "it has no apiVersion and kind"},
		"no YAML":     {"a.yaml", []byte("{"), "document 1: "},
		"nothing":     {"a.yaml", []byte("# nothing\n"), "has no object of a kind that a report needs"},
		"no name":     {"a.yaml", []byte("apiVersion: v1\nkind: Namespace\n"), "an object of kind Namespace has no metadata.name"},
		"other kinds": {"a.yaml", []byte("apiVersion: v1\nkind: Node\nmetadata: {name: a}\n---\n" + aNamespace), ""},
		"a list":      {"a.yaml", []byte("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), test.file)
			if err := os.WriteFile(path, test.text, 0o600); err != nil {
				t.Fatal(err)
			}
			store, err := objects.Read(path)
			switch {
			case test.want == "" && (err != nil || store.Len() != 1):
				t.Errorf("%d objects, %v", store.Len(), err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n")):
				t.Errorf("Error %v, want %q", err, test.want)
			}
		})
	}
}

// archive packs files, by turns a name and its text.
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	packed := &bytes.Buffer{}
	outer := gzip.NewWriter(packed)
	inner := tar.NewWriter(outer)
	for i := 0; i < len(files); i += 2 {
		if err := inner.WriteHeader(&tar.Header{Name: files[i], Mode: 0o600, Size: int64(len(files[i+1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := inner.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := inner.Close(); err != nil {
		t.Fatal(err)
	}
	if err := outer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
