// SPDX-License-Identifier: Apache-2.0

package output

import (
	"encoding/json"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/keys"
)

// APIVersion is that of the JSON and YAML of all reports. Within it, fields may be added and do not change.
const APIVersion = keys.Prefix + "v1"

// Type is the head of each report.
type Type struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// TypeOf is the head of a report of a kind.
func TypeOf(kind string) Type { return Type{APIVersion: APIVersion, Kind: kind} }

// Report is what a command found.
type Report interface {
	// Text writes it for people.
	Text(paper *Paper)
	// Found tells that something is not as it should be.
	Found() bool
}

// Formats are the formats of each report.
var Formats = []string{"text", "json", "yaml"}

// Render writes a report in a format; as text, on a paper.
func Render(report Report, format string, paper *Paper) (string, error) {
	switch format {
	case "text", "":
		report.Text(paper)
		return paper.String(), nil
	case "json":
		text, err := json.MarshalIndent(report, "", "  ")
		return string(text) + "\n", err
	case "yaml":
		text, err := yaml.Marshal(report)
		return string(text), err
	}
	if own, has := report.(Drawn); has {
		return own.Draw(format)
	}
	return "", fmt.Errorf("format %q is unknown", format)
}

// Drawn is a report that has formats of its own.
type Drawn interface {
	Draw(format string) (string, error)
}
