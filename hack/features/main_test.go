// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/util/sets"
)

func reported(version, api string, features ...string) report {
	r := report{GatewayAPIVersion: api, Profiles: []profile{{Name: "GATEWAY-HTTP"}}}
	r.Implementation.Version = version
	r.Profiles[0].Extended.SupportedFeatures = features
	return r
}

// The newest version counts, not the last report; of its modes what all have.
func TestNewestByGateway(t *testing.T) {
	var reports []report
	for _, g := range known {
		for _, r := range []report{
			reported("v1.10.0", "v1.4.0", "HTTPRouteHostRewrite", "HTTPRouteRequestTimeout"),
			reported("v1.10.0", "v1.4.0", "HTTPRouteHostRewrite", "ListenerSet"),
			reported("v1.9.0", "v1.5.0", "HTTPRoutePathRewrite"),
			reported("v1.10.0", "v1.3.0", "HTTPRoutePathRewrite"),
			reported("latest", "v1.5.0", "HTTPRoutePathRewrite"),
		} {
			r.Implementation.Organization, r.Implementation.Project = split(g.Project)
			reports = append(reports, r)
		}
	}
	gateways, err := newestByGateway(reports)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range gateways {
		if got := sets.List(g.features); !slices.Equal(got, []string{"HTTPRouteHostRewrite"}) {
			t.Errorf("%s: %v", g.Title, got)
		}
	}
	if _, err := newestByGateway(nil); err == nil {
		t.Error("an implementation without a report must be an error, not an empty column")
	}
}

func split(project string) (string, string) {
	for i := range project {
		if project[i] == '/' {
			return project[:i], project[i+1:]
		}
	}
	return project, ""
}

func TestCompareVersions(t *testing.T) {
	ascending := []string{"latest", "1.2", "v1.9.0", "1.10", "v1.10.1", "1.35.2-gke.1751000"}
	for i := range ascending {
		for j := range ascending {
			want := min(1, max(-1, i-j))
			if got := compareVersions(ascending[i], ascending[j]); got != want {
				t.Errorf("compareVersions(%q, %q) = %d, want %d", ascending[i], ascending[j], got, want)
			}
		}
	}
}

func TestReplaceTable(t *testing.T) {
	const beginMark, endMark = "<!-- features:begin -->", "<!-- features:end -->"
	for _, test := range []struct{ name, page, want, err string }{
		{"no marks", "# A\n", "", "docs/implementations.md has no <!-- features:begin -->"},
		{"empty", "a\n" + beginMark + "\n" + endMark + "\nb\n", "a\n" + beginMark + "\nT\n" + endMark + "\nb\n", ""},
		{"stale", beginMark + "\nold\n" + endMark, beginMark + "\nT\n" + endMark, ""},
		{"no end", beginMark, "", "docs/implementations.md has <!-- features:begin --> without <!-- features:end -->"},
	} {
		got, err := replaceTable([]byte(test.page), "features", "T\n")
		if string(got) != test.want || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: %q, %v", test.name, got, err)
		}
	}
}
