// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/version"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"
	"sigs.k8s.io/yaml"
)

// gateway is one implementation in the table.
type gateway struct {
	Title          string // as a column of the page
	Project        string // organization/project of its reports
	ControllerName string

	version           string // that was reported
	gatewayAPIVersion string
	features          sets.Set[string]
}

// known are the implementations whose controllerName is documented.
var known = []gateway{
	{Title: "Envoy Gateway", Project: "envoyproxy/envoy-gateway", ControllerName: "gateway.envoyproxy.io/gatewayclass-controller"},
	{Title: "Contour", Project: "projectcontour/contour", ControllerName: "projectcontour.io/gateway-controller"},
	{Title: "Istio", Project: "istio/istio", ControllerName: "istio.io/gateway-controller"},
	{Title: "Cilium", Project: "cilium/cilium", ControllerName: "io.cilium/gateway-controller"},
	{Title: "kgateway", Project: "kgateway-dev/kgateway", ControllerName: "kgateway.dev/kgateway"},
	{Title: "NGINX Gateway Fabric", Project: "nginx/nginx-gateway-fabric", ControllerName: "gateway.nginx.org/nginx-gateway-controller"},
	{Title: "Traefik", Project: "traefik/traefik", ControllerName: "traefik.io/gateway-controller"},
	{Title: "GKE", Project: "GKE/gke-gateway", ControllerName: "networking.gke.io/gateway"},
}

// report is the part of a ConformanceReport that is used.
type report struct {
	Implementation struct {
		Organization, Project, Version string
	} `json:"implementation"`
	GatewayAPIVersion string    `json:"gatewayAPIVersion"`
	Profiles          []profile `json:"profiles"`
}

type profile struct {
	Name     string `json:"name"`
	Extended struct {
		SupportedFeatures   []string `json:"supportedFeatures"`
		UnsupportedFeatures []string `json:"unsupportedFeatures"`
	} `json:"extended"`
}

// http returns the profile for HTTPRoutes, which went by another name at first.
func (r report) http() (profile, bool) {
	for _, p := range r.Profiles {
		if p.Name == "GATEWAY-HTTP" || p.Name == "HTTP" {
			return p, true
		}
	}
	return profile{}, false
}

type module struct{ Dir, Version string }

// conformanceModule finds the reports in the module cache, at the version of
// gateway-api that go.mod asks for.
func conformanceModule(root string) (module, error) {
	const api = "sigs.k8s.io/gateway-api"
	var m module
	wanted, err := output(root, "list", "-m", "-f", "{{.Version}}", api)
	if err != nil {
		return m, err
	}
	described, err := output(root, "mod", "download", "-json", api+"/conformance@"+strings.TrimSpace(string(wanted)))
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(described, &m)
}

func output(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return out, nil
}

func readReports(dir string) ([]report, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no reports in %s", dir)
	}
	reports := make([]report, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := yaml.Unmarshal(text, &reports[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return reports, nil
}

// newestByGateway takes what every report of a gateway's newest version claims.
func newestByGateway(reports []report) ([]gateway, error) {
	gateways := slices.Clone(known)
	for i := range gateways {
		g := &gateways[i]
		for _, r := range reports {
			http, ok := r.http()
			if !ok || r.Implementation.Organization+"/"+r.Implementation.Project != g.Project {
				continue
			}
			claimed := sets.New(http.Extended.SupportedFeatures...)
			switch order := compareReports(r, *g); {
			case g.features == nil || order > 0:
				g.version, g.gatewayAPIVersion, g.features = r.Implementation.Version, r.GatewayAPIVersion, claimed
			case order == 0:
				g.features = g.features.Intersection(claimed)
			}
		}
		if g.features == nil {
			return nil, fmt.Errorf("no report of %s", g.Project)
		}
	}
	return gateways, nil
}

// compareReports orders by the implementation's version, then by the Gateway
// API's: an old release can be reported late.
func compareReports(r report, g gateway) int {
	if order := compareVersions(r.Implementation.Version, g.version); order != 0 {
		return order
	}
	return compareVersions(r.GatewayAPIVersion, g.gatewayAPIVersion)
}

// compareVersions puts what is no version ("latest", a commit) before all versions.
func compareVersions(a, b string) int {
	left, errLeft := version.ParseGeneric(strings.ReplaceAll(a, "-gke.", "."))
	right, errRight := version.ParseGeneric(strings.ReplaceAll(b, "-gke.", "."))
	switch {
	case errLeft != nil && errRight != nil:
		return 0
	case errLeft != nil:
		return -1
	case errRight != nil:
		return 1
	case left.LessThan(right):
		return -1
	case right.LessThan(left):
		return 1
	}
	return 0
}

// formerNames are feature names in reports that this version of the Gateway API
// does not define any more, or not in its list of all features.
func formerNames(reports []report) []string {
	names := sets.New[string]()
	for _, r := range reports {
		for _, p := range r.Profiles {
			names.Insert(p.Extended.SupportedFeatures...)
			names.Insert(p.Extended.UnsupportedFeatures...)
		}
	}
	for feature := range gwfeatures.AllFeatures {
		names.Delete(string(feature.Name))
	}
	return sets.List(names)
}
