// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
)

// A store is a registry handler over a directory: blobs/sha256/HEX as go-containerregistry writes them, and
// manifests/NAME/REFERENCE.json, one file for each manifest that was ever put.
type store struct {
	dir      string
	registry http.Handler
}

// stored is a manifest as it is kept on disk; its bytes must survive exactly, they are what the digest is of.
type stored struct {
	MediaType string `json:"mediaType"`
	Body      []byte `json:"body"`
}

func openStore(dir string) (*store, error) {
	if dir == "" {
		return nil, fmt.Errorf("-store is required")
	}
	blobs := filepath.Join(dir, "blobs")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		return nil, err
	}
	s := &store{dir: dir, registry: registry.New(
		registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs)),
		registry.Logger(log.New(io.Discard, "", 0)),
	)}
	return s, s.replay()
}

// ServeHTTP passes everything on, and keeps each manifest that the registry accepted.
func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, reference, ok := manifestPath(r)
	if !ok {
		s.registry.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	s.registry.ServeHTTP(answer, r)
	log.Printf("PUT %s %s: %d", name, reference, answer.Code)
	if answer.Code < 300 {
		if err := s.keep(name, reference, stored{MediaType: r.Header.Get("Content-Type"), Body: body}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	for key, values := range answer.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// manifestPath takes /v2/NAME/manifests/REFERENCE apart.
func manifestPath(r *http.Request) (name, reference string, ok bool) {
	if r.Method != http.MethodPut {
		return "", "", false
	}
	name, reference, ok = strings.Cut(strings.TrimPrefix(r.URL.Path, "/v2/"), "/manifests/")
	return name, reference, ok && filepath.IsLocal(name) && filepath.IsLocal(reference)
}

func (s *store) keep(name, reference string, m stored) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "manifests", name, reference+".json")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	// The file may be a hard link into the cache: replace it, never write into it.
	tmp := file + ".tmp"
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, file)
}

// files lists the kept manifests as NAME/REFERENCE.
func (s *store) files() []string {
	var found []string
	root := filepath.Join(s.dir, "manifests")
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".json") {
			found = append(found, strings.TrimSuffix(strings.TrimPrefix(path, root+"/"), ".json"))
		}
		return nil
	})
	return found
}

// names lists what can be pulled by tag, as NAME:TAG.
func (s *store) names() []string {
	var names []string
	for _, file := range s.files() {
		if name, reference := filepath.Split(file); !strings.Contains(reference, ":") {
			names = append(names, strings.TrimSuffix(name, "/")+":"+reference)
		}
	}
	sort.Strings(names)
	return names
}

// replay puts the kept manifests into the registry, image indexes last because they name the others.
func (s *store) replay() error {
	var last []func() error
	for _, file := range s.files() {
		data, err := os.ReadFile(filepath.Join(s.dir, "manifests", file+".json"))
		if err != nil {
			return err
		}
		var m stored
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("manifest %s: %w", file, err)
		}
		put := func() error { return s.put(file, m) }
		if strings.Contains(m.MediaType, "index") || strings.Contains(m.MediaType, "list") {
			last = append(last, put)
		} else if err := put(); err != nil {
			return err
		}
	}
	for _, put := range last {
		if err := put(); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) put(file string, m stored) error {
	name, reference := filepath.Split(file)
	r := httptest.NewRequest(http.MethodPut, "/v2/"+name+"manifests/"+reference, bytes.NewReader(m.Body))
	r.Header.Set("Content-Type", m.MediaType)
	answer := httptest.NewRecorder()
	s.registry.ServeHTTP(answer, r)
	if answer.Code >= 300 {
		return fmt.Errorf("manifest %s: %d %s", file, answer.Code, answer.Body)
	}
	return nil
}
