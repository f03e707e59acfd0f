// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"regexp"
	"strings"
)

const repository = "https://github.com/net-gateways/net-gateways"

// section is what the changelog says of a version, without its heading. A release candidate has the section of its release.
func section(changelog, version string) (string, error) {
	wanted, _, _ := strings.Cut(version, "-rc.")
	heading := regexp.MustCompile(`(?m)^## ` + regexp.QuoteMeta(wanted) + `(?: .*)?\n`).FindStringIndex(changelog)
	if heading == nil {
		return "", fmt.Errorf("CHANGELOG.md has no section \"## %s\". Write it first: what users must do, then what is new", wanted)
	}
	text := changelog[heading[1]:]
	if next := strings.Index(text, "\n## "); next >= 0 {
		text = text[:next]
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fmt.Errorf("the section \"## %s\" of CHANGELOG.md is empty", wanted)
	}
	return text, nil
}

var relativeLink = regexp.MustCompile(`\]\(([^):]+)\)`)

// notes is the text of a release's page, where relative links would lead nowhere.
func notes(version string, of release, changes string, images []string) string {
	changes = relativeLink.ReplaceAllString(changes, "]("+repository+"/blob/"+version+"/${1})")
	return fmt.Sprintf(`# net-gateways %[1]s

Commit %[2]s.

%[3]s

## Install

    kubectl apply -f %[4]s/releases/download/%[1]s/net-gateways.yaml

What it needs, and what comes next: [install](%[4]s/blob/%[1]s/docs/install.md).

## Files

| file | what it is for |
| --- | --- |
| net-gateways.yaml | all objects. The last one is the ConfigMap config-gateway |
| net-gateways-operator.yaml | the same for the Knative Operator, without version labels |
| net-gateways-monitoring.yaml | for the Prometheus operator and Grafana: what to scrape, alerts, a dashboard |
| images.txt | the images, to copy them to another registry |
| kn-gateways-OS-ARCHITECTURE | the command line, see [kn gateways](%[4]s/blob/%[1]s/docs/kn-gateways.md). No test has run those but linux-amd64 |
| licenses.txt | the licenses of all that is in the images, where it is /licenses.txt, and in kn-gateways |
| *.spdx.json | what is in the images (SBOM), for each platform |
| checksums.txt | for `+"`sha256sum -c checksums.txt`"+` |

## Images

For linux/amd64 and linux/arm64. No test has run them on arm64.

    %[5]s

Their base image, which hack/release.d makes:

    %[6]s

[How to build the same again](%[4]s/blob/%[1]s/docs/reproducible.md).
`, version, of.commit, changes, repository, strings.Join(images, "\n    "), of.base)
}
