// SPDX-License-Identifier: Apache-2.0

// Releasefiles writes the files of a release that are text, from what ko has resolved. hack/release calls it last:
//
//	releasefiles -version v0.1.0 -commit HEX -base IMAGE -changelog CHANGELOG.md -resolved FILE -out DIR
//
// The folder has the SBOMs and the licenses already; checksums.txt names all that is in it.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	version := flag.String("version", "", "of the release, as v0.1.0-rc.1")
	commit := flag.String("commit", "", "that it is made of")
	base := flag.String("base", "", "image that the others stand on")
	changelog := flag.String("changelog", "CHANGELOG.md", "file that has a section of this version")
	resolved := flag.String("resolved", "", "file that ko resolve wrote; without it, only the changelog is checked")
	monitoring := flag.String("monitoring", "config/monitoring", "folder of the objects for monitoring")
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	if err := run(*version, *changelog, *resolved, release{out: *out, commit: *commit, base: *base, monitoring: *monitoring}); err != nil {
		fmt.Fprintln(os.Stderr, "releasefiles:", err)
		os.Exit(1)
	}
}

type release struct{ out, commit, base, monitoring string }

func run(version, changelog, resolved string, to release) error {
	text, err := os.ReadFile(changelog)
	if err != nil {
		return err
	}
	changes, err := section(string(text), version)
	if err != nil || resolved == "" {
		return err
	}
	manifests, err := os.ReadFile(resolved)
	if err != nil {
		return err
	}
	documents, err := parse(string(manifests))
	if err != nil {
		return err
	}
	images, err := documents.images()
	if err != nil {
		return err
	}
	monitoring, err := concatenated(to.monitoring)
	if err != nil {
		return err
	}
	written := map[string]string{
		"net-gateways.yaml":            documents.withVersion(version),
		"net-gateways-operator.yaml":   documents.withoutVersion(),
		"net-gateways-monitoring.yaml": monitoring,
		"images.txt":                   strings.Join(images, "\n") + "\n",
		"RELEASE_NOTES.md":             notes(version, to, changes, images),
	}
	for name, content := range written {
		if err := os.WriteFile(filepath.Join(to.out, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return checksums(to.out)
}

// concatenated are the manifests of a folder, as one file. They have no images and no version: what they need may not be in the
// cluster, so they are not with the others.
func concatenated(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no manifests in %s", folder)
	}
	parts := make([]string, len(files))
	for i, file := range files {
		text, readErr := os.ReadFile(file)
		if readErr != nil {
			return "", readErr
		}
		parts[i] = string(text)
	}
	return strings.Join(parts, "---\n"), err
}

// checksums writes checksums.txt for `sha256sum -c`: of all files of a folder.
func checksums(folder string) error {
	const name = "checksums.txt"
	entries, err := os.ReadDir(folder) // sorted
	if err != nil {
		return err
	}
	sums := strings.Builder{}
	for _, entry := range entries {
		if entry.Name() == name {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), entry.Name())
	}
	return os.WriteFile(filepath.Join(folder, name), []byte(sums.String()), 0o644)
}
