// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// files are the files that a reader fetches, and what runs in their place: see substitutions.go. They are in $FILES.
var files = []string{
	// What hack/release does, without pushing for two platforms.
	`ko resolve -B --insecure-registry --sbom=none -f config/ >"$FILES/resolved"`,
	`go run ./hack/releasefiles -version v0.1.0 -commit "$(git rev-parse HEAD)" -resolved "$FILES/resolved" -out "$FILES"`,
	`sed 's#image: .*#image: 127.0.0.1:5000/helloworld:latest#' docs/examples/hello.yaml >"$FILES/hello.yaml"`,
	`cd hack/cluster.d/serving && ko resolve -B --insecure-registry --sbom=none -f "$(go list -m -f '{{.Dir}}' knative.dev/serving)/config/post-install/default-domain.yaml" >"$FILES/serving-default-domain.yaml"`,
	`go build -C hack/cluster.d/ko -o "$FILES/bin/" github.com/google/go-containerregistry/cmd/crane`,
	// What kubectl edit calls: it writes the keys of the page.
	`printf '%s\n' '#!/bin/sh' 'kubectl patch --local -f "$1" --type merge --patch-file "$FILES/keys.yaml" -o yaml >"$1.new" && mv "$1.new" "$1"' >"$KUBE_EDITOR"`,
	`chmod +x "$KUBE_EDITOR"`,
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "net-gateways-docs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	for name, value := range map[string]string{
		"FILES": folder, "BLOCK": filepath.Join(folder, "block"), "KUBE_EDITOR": filepath.Join(folder, "editor"),
		"PATH": filepath.Join(folder, "bin") + ":" + os.Getenv("PATH"),
	} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	fmt.Println("What the pages say, and what runs instead:")
	for _, one := range substitutions {
		fmt.Println("   ", one)
	}
	for _, entry := range notRun {
		fmt.Printf("not run: %s: %s\n", entry.Place, entry.Why)
	}
	return m.Run()
}
