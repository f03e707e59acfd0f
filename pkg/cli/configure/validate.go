// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"sigs.k8s.io/yaml"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// Validation says what is wrong with a file.
type Validation struct {
	output.Type
	File string `json:"file"`
	// Error is the webhook's answer, byte for byte; empty if it admits the file (SPEC B-CLI-4).
	Error string `json:"error,omitempty"`
	// Mistakes are its parts.
	Mistakes []string `json:"mistakes,omitempty"`
	// Warnings are what the webhook warns of.
	Warnings []string `json:"warnings,omitempty"`
}

// Parse reads a ConfigMap, or its data alone, from a file.
func Parse(text []byte, namespace string) (*corev1.ConfigMap, error) {
	head := struct {
		Kind     string `json:"kind"`
		Metadata any    `json:"metadata"`
	}{}
	if err := yaml.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	cm := &corev1.ConfigMap{}
	if head.Kind == "" && head.Metadata == nil {
		data := map[string]string{}
		if err := yaml.UnmarshalStrict(text, &data); err != nil {
			return nil, fmt.Errorf("it is neither a ConfigMap nor the data of one: %w", err)
		}
		cm.Data = data
	} else if err := yaml.UnmarshalStrict(text, cm); err != nil {
		return nil, err
	}
	if head.Kind != "" && head.Kind != "ConfigMap" {
		return nil, fmt.Errorf("it is a %s, and no ConfigMap", head.Kind)
	}
	if cm.Namespace == "" {
		cm.Namespace = namespace
	}
	return cm, nil
}

// Validate checks a ConfigMap as the webhook does. old is the one that it replaces, or nil.
func Validate(file string, cm, old *corev1.ConfigMap) Validation {
	found := Validation{Type: output.TypeOf("Validation"), File: file}
	if _, err := config.NewFromConfigMap(cm); err != nil {
		found.Error, found.Mistakes = err.Error(), []string{err.Error()}
		if all := utilerrors.Aggregate(nil); errors.As(err, &all) {
			found.Mistakes = nil
			for _, one := range all.Errors() {
				found.Mistakes = append(found.Mistakes, one.Error())
			}
		}
		return found
	}
	found.Warnings = config.Advice(cm, old)
	return found
}

// Found implements output.Report.
func (v Validation) Found() bool { return v.Error != "" }

// Text implements output.Report.
func (v Validation) Text(paper *output.Paper) {
	switch n := len(v.Mistakes); n {
	case 0:
		paper.Line("%s: the webhook admits it", v.File)
	case 1:
		paper.Line("%s: 1 mistake", v.File)
	default:
		paper.Line("%s: %d mistakes", v.File, n)
	}
	for _, mistake := range v.Mistakes {
		paper.Line("  %s", mistake)
	}
	for _, warning := range v.Warnings {
		paper.Line("  Warning: %s", warning)
	}
}
