// SPDX-License-Identifier: Apache-2.0

// Licenses prints the licenses of all that is in the images and in kn-gateways: a table, then the texts. It fails when a module has no license, or one
// that is not on the list. Many of them want their text to go with the program: hack/release puts it into the images.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	text, err := list()
	if err != nil {
		fmt.Fprintln(os.Stderr, "licenses:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}

// known are the licenses that may be in the images, by sentences that are in no other of them; the first that fits counts.
var known = []struct {
	name    string
	phrases []string
}{
	{"Apache-2.0", []string{"Apache License", "Version 2.0"}},
	{"MPL-2.0", []string{"Mozilla Public License", "2.0"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "to endorse or promote products"}},
	{"BSD-2-Clause", []string{"Redistribution and use in source and binary forms"}},
	{"MIT", []string{"Permission is hereby granted, free of charge", "AS IS"}},
	{"ISC", []string{"Permission to use, copy, modify, and", "distribute this software for any purpose"}},
}

func license(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for _, one := range known {
		if !slices.ContainsFunc(one.phrases, func(phrase string) bool { return !strings.Contains(text, phrase) }) {
			return one.name
		}
	}
	return ""
}

// part is a module, or a folder of one that has a license of its own.
type part struct {
	name, version string
	files         []string
}

func list() (string, error) {
	parts, err := parts()
	if err != nil {
		return "", err
	}
	table := "What is in the images of net-gateways and in kn-gateways besides net-gateways itself (Apache-2.0). The texts are below.\n\n"
	texts, users := []string{}, map[string][]string{}
	for _, one := range parts {
		names := []string{}
		for _, file := range one.files {
			data, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			text := strings.TrimSpace(string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))))
			if len(users[text]) == 0 {
				texts = append(texts, text)
			}
			users[text] = append(users[text], one.name)
			name := license(text)
			switch {
			case notice.MatchString(filepath.Base(file)):
			case name == "":
				return "", fmt.Errorf("%s %s: %s is no license that may be in the images. Read it; if it may, add it to hack/licenses", one.name, one.version, filepath.Base(file))
			case !slices.Contains(names, name):
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			return "", fmt.Errorf("%s %s has no license", one.name, one.version)
		}
		table += fmt.Sprintf("%s %s: %s\n", one.name, one.version, strings.Join(names, ", "))
	}
	table += "Certificates of /etc/ssl/certs: from Mozilla's list of roots, MPL-2.0, https://www.mozilla.org/MPL/2.0/\n"
	for _, text := range texts {
		table += "\n" + strings.Repeat("=", 80) + "\n" + strings.Join(users[text], "\n") + "\n\n" + text + "\n"
	}
	return table, nil
}

var (
	named  = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice)([-.].*)?$`)
	notice = regexp.MustCompile(`(?i)^notice`)
)

// parts are what the programs are compiled of, sorted by name.
func parts() ([]part, error) {
	found := map[string]part{}
	for _, platform := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"} { // kn-gateways is for all of them
		packages, err := dependencies(platform)
		if err != nil {
			return nil, err
		}
		for _, one := range packages {
			switch {
			case one.Standard:
				found["Go"] = part{name: "Go", version: one.version, files: []string{filepath.Join(one.Root, "LICENSE")}}
			case one.Module != nil && !one.Module.Main:
				if err := add(found, one); err != nil {
					return nil, err
				}
			}
		}
	}
	sorted := []part{}
	for _, one := range found {
		sorted = append(sorted, one)
	}
	slices.SortFunc(sorted, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return sorted, nil
}

// add takes the license of a package's module, and those of the folders between it and the package.
func add(found map[string]part, one dependency) error {
	for folder := one.Dir; ; folder = filepath.Dir(folder) {
		name := one.Module.Path + strings.TrimPrefix(folder, one.Module.Dir)
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		files := []string{}
		for _, entry := range entries {
			if !entry.IsDir() && named.MatchString(entry.Name()) && filepath.Ext(entry.Name()) != ".go" {
				files = append(files, filepath.Join(folder, entry.Name()))
			}
		}
		if len(files) > 0 || folder == one.Module.Dir {
			found[name] = part{name: name, version: one.Module.Version, files: files}
		}
		if folder == one.Module.Dir {
			return nil
		}
	}
}

type dependency struct {
	Dir, Root string
	Standard  bool
	Module    *struct {
		Path, Version, Dir string
		Main               bool
	}
	version string // of Go
}

func dependencies(platform string) (found []dependency, err error) {
	command := exec.Command("go", "list", "-deps", "-tags=grpcnotrace", "-json=Dir,Root,Standard,Module", "./cmd/...")
	system, architecture, _ := strings.Cut(platform, "/")
	command.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+architecture, "CGO_ENABLED=0")
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		return nil, err
	}
	version, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		one := dependency{version: strings.TrimSpace(string(version))}
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, err
		}
		found = append(found, one)
	}
}
