// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// selector reads a label selector in either of Kubernetes' two forms. Nil means
// that the entry has none. After an error it is not nil, so that checkDefault does
// not also complain of a second default.
func (r *reader) selector(key string) labels.Selector {
	raw, given := r.fields[key]
	if !given {
		return nil
	}
	selector, err := parseSelector(raw)
	if err == nil && selector.Empty() {
		err = fmt.Errorf("selects everything; remove the line if this entry is the default")
	}
	if err != nil {
		r.errs = append(r.errs, field.Invalid(r.path.Child(key), field.OmitValueType{}, shorten(err.Error(), 300)))
		return labels.Nothing()
	}
	return selector
}

// rejectComparison refuses < and > in a namespace-selector that becomes the allowedRoutes of a Gateway that the
// controller creates: a metav1.LabelSelector has no such operators.
func (r *reader) rejectComparison(namespaces labels.Selector) {
	if namespaces == nil {
		return
	}
	requirements, _ := namespaces.Requirements()
	for _, requirement := range requirements {
		if operator := requirement.Operator(); operator == selection.GreaterThan || operator == selection.LessThan {
			r.errs = append(r.errs, field.Invalid(r.path.Child(keyNamespaceSelector), namespaces.String(),
				"a Gateway cannot admit namespaces by < or >: use in or notin, or create a Gateway and name it in `gateway`"))
			return
		}
	}
}

func parseSelector(raw json.RawMessage) (labels.Selector, error) {
	switch kind := jsonType(raw); kind {
	case "a string":
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, err
		}
		selector, err := labels.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a label selector such as app=a,tier in (x,y): %w", shorten(text, 80), err)
		}
		return selector, nil
	case "a mapping":
		var object metav1.LabelSelector
		if err := yaml.UnmarshalStrict(raw, &object); err != nil {
			return nil, fmt.Errorf("is not a label selector such as {matchLabels: {app: a}} or \"app=a\": %s",
				oneLine(err.Error()))
		}
		return metav1.LabelSelectorAsSelector(&object)
	default:
		return nil, fmt.Errorf("must be a label selector such as app=a,tier in (x,y), not %s", kind)
	}
}
