// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// versionLabel is a line of config/: each object and each pod template has it.
var versionLabel = regexp.MustCompile(`(?m)^( +app\.kubernetes\.io/version): devel\n`)

// byDigest is an image that ko has pushed: REPOSITORY:TAG@DIGEST.
var byDigest = regexp.MustCompile(`^[^\s@]+@sha256:[0-9a-f]{64}$`)

// document is one object, as text, so that comments and examples stay as they are.
type document struct {
	text   string
	object map[string]any
}

func (d document) is(kind, name string) bool {
	metadata, _ := d.object["metadata"].(map[string]any)
	return d.object["kind"] == kind && metadata["name"] == name
}

// documents are the objects of a release, in the order in which they are applied. config-gateway, which belongs to the user, is
// the last: whoever wants to keep theirs leaves the end of the file out.
type documents []document

func parse(text string) (documents, error) {
	found := documents{}
	last := []document{}
	for part := range strings.SplitSeq("\n"+text, "\n---\n") {
		part = strings.Trim(part, "\n") + "\n"
		one := document{text: part}
		if err := yaml.Unmarshal([]byte(part), &one.object); err != nil {
			return nil, fmt.Errorf("%w in\n%s", err, part)
		}
		switch {
		case len(one.object) == 0: // comments alone
		case !versionLabel.MatchString(part):
			return nil, fmt.Errorf("no label app.kubernetes.io/version: devel in\n%s", part)
		case one.is("ConfigMap", "config-gateway"):
			last = append(last, one)
		default:
			found = append(found, one)
		}
	}
	if len(last) != 1 {
		return nil, fmt.Errorf("%d ConfigMaps are named config-gateway", len(last))
	}
	return append(found, last...), nil
}

func (d documents) text() string {
	parts := []string{}
	for _, one := range d {
		parts = append(parts, one.text)
	}
	return strings.Join(parts, "---\n")
}

func (d documents) withVersion(version string) string {
	return versionLabel.ReplaceAllString(d.text(), `${1}: "`+version+"\"\n")
}

// withoutVersion is for the Knative Operator, which refuses additional manifests whose version is not Serving's.
func (d documents) withoutVersion() string { return versionLabel.ReplaceAllString(d.text(), "") }

// images are those of all containers, sorted.
func (d documents) images() ([]string, error) {
	found := []string{}
	for _, one := range d {
		collect(one.object, &found)
	}
	slices.Sort(found)
	found = slices.Compact(found)
	for _, image := range found {
		if !byDigest.MatchString(image) {
			return nil, fmt.Errorf("the image %s is not named by digest", image)
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no images")
	}
	return found, nil
}

func collect(value any, images *[]string) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if image, ok := inner.(string); ok && key == "image" {
				*images = append(*images, image)
			}
			collect(inner, images)
		}
	case []any:
		for _, inner := range value {
			collect(inner, images)
		}
	}
}
