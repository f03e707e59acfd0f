// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// check reads each image of an index down to the header of its program. An index says what it likes, and so does a
// configuration: only the program runs or does not. It returns a line for each image.
func check(index v1.ImageIndex) (found []string, err error) {
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	has := []string{}
	for _, descriptor := range manifest.Manifests {
		if descriptor.Platform == nil || descriptor.Platform.OS != "linux" {
			return found, fmt.Errorf("%s is for the platform %v", descriptor.Digest, descriptor.Platform)
		}
		architecture := descriptor.Platform.Architecture
		image, err := index.Image(descriptor.Digest)
		if err != nil {
			return found, err
		}
		machine, err := checkImage(image, architecture)
		if err != nil {
			return found, fmt.Errorf("linux/%s: %w", architecture, err)
		}
		has = append(has, architecture)
		found = append(found, fmt.Sprintf("linux/%s %s, a static program for %s", architecture, descriptor.Digest, machine))
	}
	slices.Sort(has)
	if !slices.Equal(has, platforms) {
		return found, fmt.Errorf("has %q, want %q", has, platforms)
	}
	return found, nil
}

// checkImage finds the machine that the program of an image is for.
func checkImage(image v1.Image, architecture string) (elf.Machine, error) {
	file, err := image.ConfigFile()
	switch {
	case err != nil:
		return 0, err
	case file.OS != "linux" || file.Architecture != architecture:
		return 0, fmt.Errorf("its configuration says %s/%s", file.OS, file.Architecture)
	case file.Config.User != user:
		return 0, fmt.Errorf("runs as the user %q, want %s", file.Config.User, user)
	case len(file.Config.Entrypoint) != 1:
		return 0, fmt.Errorf("its entrypoint is %q", file.Config.Entrypoint)
	}
	data, err := fileOf(image, file.Config.Entrypoint[0])
	if err != nil {
		return 0, err
	}
	program, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	if program.Machine != machines[architecture] {
		return 0, fmt.Errorf("its program is for %s", program.Machine)
	}
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP {
			return 0, fmt.Errorf("its program needs libraries, and the image has none")
		}
	}
	return program.Machine, nil
}

func fileOf(image v1.Image, path string) ([]byte, error) {
	layers := mutate.Extract(image)
	defer func() { _ = layers.Close() }()
	reader := tar.NewReader(layers)
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return nil, fmt.Errorf("has no file %s", path)
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimPrefix(header.Name, "/") == strings.TrimPrefix(path, "/") {
			return io.ReadAll(reader)
		}
	}
}
