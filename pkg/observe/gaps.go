// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"slices"
	"strconv"
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// GapsAt are the gaps in rules of a visibility, and those in what concerns both.
func (o *Observation) GapsAt(visibility v1alpha1.IngressVisibility, gaps []conditions.Gap) []conditions.Gap {
	return slices.DeleteFunc(slices.Clone(gaps), func(gap conditions.Gap) bool {
		rule, is := o.ruleOf(gap.Field)
		return is && rules.Visibility(rule) != visibility
	})
}

// ruleOf is the rule of a field path such as spec.rules[1].http.
func (o *Observation) ruleOf(path string) (v1alpha1.IngressRule, bool) {
	after, is := strings.CutPrefix(path, "spec.rules[")
	index, _, closed := strings.Cut(after, "]")
	at, err := strconv.Atoi(index)
	if !is || !closed || err != nil || at < 0 || at >= len(o.Ingress.Spec.Rules) {
		return v1alpha1.IngressRule{}, false
	}
	return o.Ingress.Spec.Rules[at], true
}
