// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
)

// TestLicenses: all that the programs are compiled of has a license that may be in the images.
func TestLicenses(t *testing.T) {
	t.Chdir("../..")
	text, err := list()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nGo go1.", "\nk8s.io/client-go v", "\nknative.dev/pkg v", ": Apache-2.0\n", ": BSD-3-Clause\n", ": MIT\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestLicense: a text that is none of the list is none.
func TestLicense(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0":                                                        "Apache-2.0",
		"Permission is hereby granted,\nfree of charge ... PROVIDED \"AS IS\"":                  "MIT",
		"Redistribution and use in source and binary\nforms ... to endorse or promote products": "BSD-3-Clause",
		"GNU GENERAL PUBLIC LICENSE Version 2":                                                  "",
		"":                                                                                      "",
	} {
		if found := license(text); found != want {
			t.Errorf("%q is %q, want %q", text, found, want)
		}
	}
}
