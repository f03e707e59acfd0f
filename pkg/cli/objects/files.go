// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FormatVersion is the version of what `dump` writes. A dump of another version is refused.
const FormatVersion = "net-gateways dump, format 1"

// The files of a dump. VersionFile comes first and EndFile last, so that one that is cut off is noticed.
const (
	VersionFile = "FORMAT"
	EndFile     = "END"
)

// maxFile bounds a file of an archive, which could unpack to more than the memory.
const maxFile = 256 << 20

// Read reads objects from a YAML file, from a folder with such files, or from a dump (.tgz).
func Read(name string) (*Store, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	store := NewStore()
	switch {
	case info.IsDir():
		err = store.readFolder(name)
	case strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".tar.gz"):
		err = store.readArchive(name)
	default:
		err = store.readFile(name)
	}
	if err == nil && store.Len() == 0 {
		err = fmt.Errorf("%s has no object of a kind that a report needs", name)
	}
	return store, err
}

func (s *Store) readFolder(name string) error {
	return filepath.WalkDir(name, func(file string, entry fs.DirEntry, err error) error {
		switch extension := filepath.Ext(file); {
		case err != nil || entry.IsDir():
			return err
		case slices.Contains([]string{".yaml", ".yml", ".json"}, extension):
			return s.readFile(file)
		case slices.Contains([]string{".denied", ".notserved"}, extension): // an unpacked dump
			return s.readEntry(filepath.Base(file), nil)
		}
		return nil
	})
}

func (s *Store) readFile(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := s.Decode(text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (s *Store) readArchive(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s is no dump: %w", name, err)
	}
	archive, found := tar.NewReader(unpacked), map[string]bool{}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return cutOff(name, err)
		}
		text, err := io.ReadAll(io.LimitReader(archive, maxFile))
		if err != nil {
			return cutOff(name, err)
		}
		found[header.Name] = true
		if err := s.readEntry(header.Name, text); err != nil {
			return fmt.Errorf("%s: %s: %w", name, header.Name, err)
		}
	}
	switch {
	case !found[VersionFile]:
		return fmt.Errorf("%s is no dump of this command: it has no file %s", name, VersionFile)
	case !found[EndFile]:
		return cutOff(name, io.ErrUnexpectedEOF)
	}
	return nil
}

func cutOff(name string, err error) error {
	return fmt.Errorf("%s is cut off: %w: write it again", name, err)
}

// readEntry reads one file of a dump. That which could not be read when it was written is an answer of the Store.
func (s *Store) readEntry(name string, text []byte) error {
	switch {
	case name == VersionFile:
		if format := strings.TrimSpace(string(text)); format != FormatVersion {
			return fmt.Errorf("it says %q, and this command reads %q: read it with the command of that version", format, FormatVersion)
		}
	case filepath.Ext(name) == ".yaml":
		return s.Decode(text)
	case filepath.Ext(name) == ".denied", filepath.Ext(name) == ".notserved":
		for _, kind := range Kinds {
			if kind.File() != strings.TrimSuffix(name, filepath.Ext(name)) {
				continue
			}
			if s.Without(kind, &NotServed{Kind: kind}); filepath.Ext(name) == ".denied" {
				s.Without(kind, &Denied{Kind: kind})
			}
		}
	}
	return nil
}

// File is the name of the file of a dump with the objects of a kind, without its suffix.
func (k Kind) File() string {
	if k.Group == "" {
		return k.Resource
	}
	return k.Resource + "." + k.Group
}
