// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"fmt"
	"maps"
	"slices"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// Read reads the KIngress into RuleSets. It merges rules that share hosts. Of two rules with the same
// match the first wins, as the KIngress API says (SPEC B-TRN-5).
func Read(in input.Input) ([]RuleSet, conditions.Report) {
	sets, report := []RuleSet{}, conditions.Report{}
	checkVisibilities(in.Ingress, &report)
	for _, visibility := range config.Visibilities {
		read := readRules(in.Ingress, visibility, &report)
		maps.DeleteFunc(read.of, func(host string, _ []int) bool {
			return in.ConflictingHosts.Has(input.HostAt{Visibility: visibility, Host: host})
		})
		for _, set := range read.sets() {
			set.Visibility = visibility
			set.Rules = resolveRewrites(set.Rules, in, &report)
			sets = append(sets, *set)
		}
	}
	return sets, report
}

// checkVisibilities refuses rules of an unknown visibility, which may have been meant to be private.
func checkVisibilities(ing *v1alpha1.Ingress, report *conditions.Report) {
	for i, rule := range ing.Spec.Rules {
		if !slices.Contains(config.Visibilities, Visibility(rule)) {
			report.Refuse(*conditions.Unsupported(fmt.Sprintf("spec.rules[%d].visibility", i), "%q is neither ExternalIP nor ClusterLocal", rule.Visibility))
		}
	}
}
