// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// add writes one image straight into the store, as if it had been pushed.
func (s *store) add(image, root, entrypoint, user string) error {
	ref, err := name.ParseReference("127.0.0.1:5000/" + image)
	if err != nil {
		return err
	}
	built, err := build(root, entrypoint, user)
	if err != nil {
		return err
	}
	return remote.Write(ref, built, remote.WithTransport(inProcess{s}))
}

// build makes an image of one layer. The layer is not compressed: nothing travels over a network here, and unpacking is
// what a cold start of the cluster waits for.
func build(root, entrypoint, user string) (v1.Image, error) {
	archive, err := archive(root)
	if err != nil {
		return nil, err
	}
	layer := static.NewLayer(archive, types.OCIUncompressedLayer)
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	withLayer, err := mutate.AppendLayers(base, layer)
	if err != nil {
		return nil, err
	}
	file, err := withLayer.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", "amd64"
	file.Config.User = user
	file.Config.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"}
	if entrypoint != "" {
		file.Config.Entrypoint = []string{entrypoint}
	}
	return mutate.ConfigFile(withLayer, file)
}

// archive packs a directory, owned by root and without times, so that equal files make equal layers.
func archive(root string) ([]byte, error) {
	var buffer bytes.Buffer
	out := tar.NewWriter(&buffer)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		header, err := tar.FileInfoHeader(info, "")
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			relative += "/"
		}
		if err := out.WriteHeader(&tar.Header{
			Typeflag: header.Typeflag, Name: relative, Mode: header.Mode, Size: header.Size,
		}); err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = out.Write(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// inProcess lets the registry client talk to the store without a socket.
type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	t.handler.ServeHTTP(answer, r)
	response := answer.Result()
	response.Request = r
	return response, nil
}
