// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"time"

	"sigs.k8s.io/yaml"
)

// prometheusRule is the part of the operator's kind that is used here.
type prometheusRule struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       ruleFile       `json:"spec"`
}

// ruleFile is a file of Prometheus.
type ruleFile struct {
	Groups []ruleGroup `json:"groups"`
}

type ruleGroup struct {
	Name  string `json:"name"`
	Rules []rule `json:"rules"`
}

type rule struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// readRules decodes strictly, so that a field that has another name is no field without effect.
func readRules(file string) (ruleFile, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return ruleFile{}, err
	}
	var found prometheusRule
	if err := yaml.UnmarshalStrict(text, &found); err != nil {
		return ruleFile{}, fmt.Errorf("%s: %w", file, err)
	}
	return found.Spec, nil
}

func printRules(divide int) error {
	found, err := readRules(alerts)
	if err != nil {
		return err
	}
	for _, group := range found.Groups {
		for i := range group.Rules {
			after, err := time.ParseDuration(group.Rules[i].For)
			if err != nil {
				return fmt.Errorf("%s: %w", group.Rules[i].Alert, err)
			}
			group.Rules[i].For = fmt.Sprintf("%ds", int(after.Seconds())/divide)
		}
	}
	text, err := yaml.Marshal(found)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}
