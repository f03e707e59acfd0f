// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"maps"
	"slices"
	"time"
)

// Archive writes a dump, which Read reads. The same objects give the same bytes.
func (s *Store) Archive(to io.Writer) error {
	files, err := s.Files()
	if err != nil {
		return err
	}
	packed := gzip.NewWriter(to)
	archive := tar.NewWriter(packed)
	add := func(name string, text []byte) error {
		header := tar.Header{Name: name, Mode: 0o600, Size: int64(len(text)), ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
		if err := archive.WriteHeader(&header); err != nil {
			return err
		}
		_, err := archive.Write(text)
		return err
	}
	if err := add(VersionFile, []byte(FormatVersion+"\n")); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := add(name, files[name]); err != nil {
			return err
		}
	}
	if err := add(EndFile, nil); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return packed.Close()
}
