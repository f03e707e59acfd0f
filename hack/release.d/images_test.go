// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"crypto/x509"
	"debug/elf"
	"encoding/binary"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

var created = time.Unix(1700000000, 0).UTC()

// TestBase: the base image is pushed for both platforms, with the same files, which are those that a program needs, and
// twice with the same digest.
func TestBase(t *testing.T) {
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	digests := map[string]bool{}
	for range 2 {
		index, err := base([]byte("licenses"), created)
		if err != nil {
			t.Fatal(err)
		}
		tag, err := name.NewTag(strings.TrimPrefix(server.URL, "http://") + "/base:v1")
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.WriteIndex(tag, index); err != nil {
			t.Fatal(err)
		}
		pulled, err := remote.Index(tag)
		if err != nil {
			t.Fatal(err)
		}
		digest, err := pulled.Digest()
		if err != nil {
			t.Fatal(err)
		}
		digests[digest.String()] = true
		for _, architecture := range platforms {
			image := of(t, pulled, architecture)
			file, err := image.ConfigFile()
			if err != nil || file.Architecture != architecture || file.Config.User != "65532" || !file.Created.Time.Equal(created) {
				t.Errorf("%s: %+v, %v", architecture, file, err)
			}
			roots, err := fileOf(image, "/etc/ssl/certs/ca-certificates.crt")
			if err != nil || !x509.NewCertPool().AppendCertsFromPEM(roots) {
				t.Errorf("%s: no certificates: %v", architecture, err)
			}
			for path, want := range map[string]string{"/etc/passwd": "nonroot:x:65532:", "/licenses.txt": "licenses"} {
				if text, err := fileOf(image, path); err != nil || !strings.Contains(string(text), want) {
					t.Errorf("%s: %s is %q, %v", architecture, path, text, err)
				}
			}
		}
	}
	if len(digests) != 1 {
		t.Errorf("Two builds have the digests %v", digests)
	}
}

// TestCheck: an index is refused unless it has both platforms, each with a static program for its machine.
func TestCheck(t *testing.T) {
	arm, amd := program(elf.EM_AARCH64, elf.PT_LOAD), program(elf.EM_X86_64, elf.PT_LOAD)
	for _, test := range []struct {
		name     string
		programs map[string][]byte
		want     string
	}{
		{"both", map[string][]byte{"amd64": amd, "arm64": arm}, ""},
		{"one is missing", map[string][]byte{"amd64": amd}, `has ["amd64"]`},
		{"one program twice", map[string][]byte{"amd64": amd, "arm64": amd}, "linux/arm64: its program is for EM_X86_64"},
		{"needs libraries", map[string][]byte{"amd64": program(elf.EM_X86_64, elf.PT_INTERP), "arm64": arm}, "needs libraries"},
		{"a script", map[string][]byte{"amd64": bytes.Repeat([]byte("#!/bin/sh\n"), 10), "arm64": arm}, "bad magic number"},
	} {
		found, err := check(withAll(t, test.programs))
		if test.want == "" && (err != nil || len(found) != 2) || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %q, %v", test.name, found, err)
		}
	}
}

// TestPrograms: what is written for each platform is its program, and nothing is written of an index that is refused.
func TestPrograms(t *testing.T) {
	all := map[string][]byte{"amd64": program(elf.EM_X86_64, elf.PT_LOAD), "arm64": program(elf.EM_AARCH64, elf.PT_LOAD)}
	folder := t.TempDir()
	if err := programs(withAll(t, all), folder); err != nil {
		t.Fatal(err)
	}
	for architecture, want := range all {
		if data, err := os.ReadFile(filepath.Join(folder, "linux-"+architecture, "program")); err != nil || !bytes.Equal(data, want) {
			t.Errorf("%s: %d bytes, not the program of the image, %v", architecture, len(data), err)
		}
	}
	delete(all, "arm64")
	empty := t.TempDir()
	err := programs(withAll(t, all), empty)
	if files, _ := os.ReadDir(empty); err == nil || len(files) > 0 {
		t.Errorf("%v written, %v", files, err)
	}
}

// TestExplained: a registry that refuses, and one that is not there.
func TestExplained(t *testing.T) {
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer refuses.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for url, want := range map[string]string{refuses.URL: "the registry refuses", gone.URL: "the registry cannot be reached"} {
		err := run(t.Context(), []string{"may-push", strings.TrimPrefix(url, "http://") + "/net-gateways"})
		if err == nil || !strings.Contains(explained(err).Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// withAll is an index of the base images of some platforms, each with a program.
func withAll(t *testing.T, programs map[string][]byte) v1.ImageIndex {
	t.Helper()
	index, err := base(nil, created)
	if err != nil {
		t.Fatal(err)
	}
	result := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for architecture, data := range programs {
		result = mutate.AppendManifests(result, mutate.IndexAddendum{
			Add:        with(t, of(t, index, architecture), data),
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: architecture}},
		})
	}
	return result
}

func of(t *testing.T, index v1.ImageIndex, architecture string) v1.Image {
	t.Helper()
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for _, descriptor := range manifest.Manifests {
		if descriptor.Platform.Architecture == architecture {
			image, err := index.Image(descriptor.Digest)
			if err != nil {
				t.Fatal(err)
			}
			return image
		}
	}
	t.Fatalf("No image for %s", architecture)
	return nil
}

// with adds a program to an image, as ko does.
func with(t *testing.T, image v1.Image, data []byte) v1.Image {
	t.Helper()
	layer := &bytes.Buffer{}
	writer := tar.NewWriter(layer)
	if err := writer.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "/ko-app/program", Mode: 0o555, Size: int64(len(data))}); err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	added, err := mutate.AppendLayers(image, static.NewLayer(layer.Bytes(), types.OCIUncompressedLayer))
	if err != nil {
		t.Fatal(err)
	}
	file, err := added.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	file = file.DeepCopy()
	file.Config.Entrypoint = []string{"/ko-app/program"}
	added, err = mutate.ConfigFile(added, file)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

// program is the header of one, with one segment.
func program(machine elf.Machine, segment elf.ProgType) []byte {
	out := &bytes.Buffer{}
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: uint32(elf.EV_CURRENT), Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1, Shentsize: 64,
	}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS], header.Ident[elf.EI_DATA], header.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	for _, part := range []any{header, elf.Prog64{Type: uint32(segment)}} {
		_ = binary.Write(out, binary.LittleEndian, part) // a Buffer takes everything
	}
	return out.Bytes()
}
