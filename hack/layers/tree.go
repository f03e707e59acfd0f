// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tops are the folders with Go code.
var tops = []string{"cmd", "hack", "pkg", "test"}

// checkTree returns the violations in the checkout, and how many files there are.
func checkTree(root string) (all []finding, files int, err error) {
	charters := map[string]string{} // a folder and its first Go file, until its charter is found
	err = eachGoFile(root, func(file string, source []byte) error {
		files++
		folder, name := split(file)
		switch {
		case name == "doc.go" || name == "main.go" && !strings.HasPrefix(file, "pkg/"):
			charters[folder] = ""
		case charters[folder] == "" && !strings.HasSuffix(name, "_test.go"):
			if _, known := charters[folder]; !known {
				charters[folder] = file
			}
		}
		found, err := check(file, source)
		all = append(all, found...)
		return err
	})
	for folder, file := range charters {
		if file != "" && !strings.HasPrefix(folder, "pkg/client/") { // generated
			all = append(all, finding{file, 1, "no doc.go in " + folder + " says what the package is for"})
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int { return strings.Compare(a.file, b.file) })
	return all, files, err
}

func eachGoFile(root string, visit func(file string, source []byte) error) error {
	for _, top := range tops {
		folder := filepath.Join(root, top)
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case os.IsNotExist(err) && path == folder:
				return filepath.SkipDir
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return filepath.SkipDir
			case entry.IsDir() || filepath.Ext(path) != ".go":
				return nil
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			file, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			return visit(filepath.ToSlash(file), source)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
