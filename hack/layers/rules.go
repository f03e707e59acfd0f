// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"
)

const (
	maxFileLines     = 250
	maxFunctionLines = 60
	maxParameters    = 4 // a context and a *testing.T not counted
)

// purePackages are values in, values out. Of a package that is pure but for some
// files, those are named.
var purePackages = map[string][]string{
	"pkg/conditions":           nil,
	"pkg/config":               {"store.go", "watch.go"},
	"pkg/dataplane":            nil,
	"pkg/features":             nil,
	"pkg/observe":              nil,
	"pkg/probe":                nil,
	"pkg/rollout":              nil,
	"pkg/selection":            nil,
	"pkg/status":               nil,
	"pkg/translate":            nil,
	"pkg/translate/listeners":  nil,
	"pkg/translate/input":      nil,
	"pkg/translate/backendtls": nil,
	"pkg/translate/routes":     nil,
	"pkg/translate/names":      nil,
	"pkg/translate/rules":      nil,
}

// pureFiles are the pure half of packages that are not.
var pureFiles = []string{
	"pkg/apply/digest.go",
	"pkg/apply/kinds.go",
	"pkg/apply/listenerplan.go",
	"pkg/apply/order.go",
	"pkg/apply/ownership.go",
	"pkg/apply/plan.go",
	"pkg/apply/refusal.go",
	"pkg/apply/trim.go",
}

// pureImports are what pure code may import, each with all below it, besides the
// standard library without impureStandard, and the pure packages.
var pureImports = []string{
	"golang.org/x/net/http/httpguts",
	"golang.org/x/net/publicsuffix",
	"k8s.io/api",
	"k8s.io/apimachinery/pkg/api",
	"k8s.io/apimachinery/pkg/apis",
	"k8s.io/apimachinery/pkg/labels",
	"k8s.io/apimachinery/pkg/types",
	"k8s.io/apimachinery/pkg/util/intstr",
	"k8s.io/apimachinery/pkg/util/sets",
	"k8s.io/apimachinery/pkg/util/validation",
	"knative.dev/networking/pkg/apis",
	"knative.dev/networking/pkg/certificates",
	"knative.dev/networking/pkg/http/header",
	"knative.dev/networking/pkg/ingress",
	"knative.dev/pkg/apis",
	"knative.dev/pkg/configmap",
	"knative.dev/pkg/kmeta",
	"knative.dev/pkg/network",
	"sigs.k8s.io/gateway-api/apis",
	"sigs.k8s.io/gateway-api/pkg/features",
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath",
	"sigs.k8s.io/yaml",
}

var impureStandard = []string{
	"context", "database", "embed", "io/fs", "io/ioutil", "log", "math/rand", "net/http", "net/rpc",
	"os", "plugin", "runtime", "sync", "syscall", "testing", "unsafe",
}

// clocks are the functions of package time that look at a clock or wait.
var clocks = []string{
	"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until",
}

// onlyIn names packages with the only folder that may import them.
var onlyIn = map[string]string{
	"pkg/reconciler": "cmd",
}

// isPure tells whether the rules of the pure core hold for a file.
func isPure(file string) bool {
	if strings.HasSuffix(file, "_test.go") {
		return false
	}
	folder, name := split(file)
	except, whole := purePackages[folder]
	return whole && !slices.Contains(except, name) || slices.Contains(pureFiles, file)
}

// mayImport tells whether pure code may import the package.
func mayImport(path string) bool {
	if own, ok := strings.CutPrefix(path, module+"/"); ok {
		_, pure := purePackages[own]
		return pure
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return !anyAbove(impureStandard, path)
	}
	return anyAbove(pureImports, path)
}

// anyAbove tells whether the path is one of the folders or below one.
func anyAbove(folders []string, path string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		return path == folder || strings.HasPrefix(path, folder+"/")
	})
}

func split(file string) (folder, name string) {
	i := strings.LastIndexByte(file, '/')
	return file[:max(i, 0)], file[i+1:]
}
