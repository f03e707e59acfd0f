// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// programs writes the program of each image of an index to FOLDER/linux-ARCHITECTURE/NAME, after check has found that it is one.
func programs(index v1.ImageIndex, folder string) error {
	if _, err := check(index); err != nil {
		return err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return err
	}
	for _, descriptor := range manifest.Manifests {
		image, err := index.Image(descriptor.Digest)
		if err != nil {
			return err
		}
		file, err := image.ConfigFile()
		if err != nil {
			return err
		}
		entrypoint := file.Config.Entrypoint[0]
		data, err := fileOf(image, entrypoint)
		if err != nil {
			return err
		}
		to := filepath.Join(folder, "linux-"+descriptor.Platform.Architecture)
		if err := os.MkdirAll(to, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(entrypoint)), data, 0o755); err != nil {
			return err
		}
	}
	return nil
}
