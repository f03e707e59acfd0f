// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/configmap"
)

// maxErrors bounds what is told of one file: it goes into Events and logs.
const maxErrors = 20

// Parse reads the data of config-gateway as the controller does: unknown keys
// are warnings. Gateways that the controller creates are in systemNamespace. The
// error is an aggregate with every mistake in it; the Config is then nil.
func Parse(data map[string]string, systemNamespace string) (*Config, []Warning, error) {
	cfg, warnings, errs := parse(data, systemNamespace)
	if len(errs) > 0 {
		return nil, warnings, aggregate(errs)
	}
	return cfg, warnings, nil
}

// NewFromConfigMap reads a ConfigMap as the webhook does: a warning is an error.
// Gateways that the controller creates are in the ConfigMap's own namespace.
func NewFromConfigMap(cm *corev1.ConfigMap) (*Config, error) {
	cfg, warnings, errs := parse(cm.Data, cm.Namespace)
	for _, warning := range warnings {
		errs = append(errs, &field.Error{
			Type: field.ErrorTypeForbidden, Field: warning.Field, Detail: warning.Detail,
		})
	}
	for _, key := range slices.Sorted(maps.Keys(cm.BinaryData)) {
		errs = append(errs, field.Forbidden(field.NewPath("binaryData").Key(key), "write text under data"))
	}
	if len(errs) > 0 {
		return nil, aggregate(errs)
	}
	return cfg, nil
}

func parse(data map[string]string, systemNamespace string) (*Config, []Warning, field.ErrorList) {
	root := field.NewPath("data")
	external := list{visibility: v1alpha1.IngressVisibilityExternalIP, path: root.Key(ExternalGateways)}
	local := list{visibility: v1alpha1.IngressVisibilityClusterLocal, path: root.Key(LocalGateways)}
	external.read(data[ExternalGateways], systemNamespace)
	local.read(data[LocalGateways], systemNamespace)

	errs := append(external.errs, local.errs...)
	errs = append(errs, duplicates(external, local)...)
	errs = append(errs, external.checkDefault()...)
	errs = append(errs, local.checkDefault()...)
	drain, err := drainTime(data, root.Key(DrainTime))
	if err != nil {
		errs = append(errs, err)
	}

	var warnings []Warning
	known := []string{ExternalGateways, LocalGateways, DrainTime}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if key != configmap.ExampleKey && !slices.Contains(known, key) {
			warnings = append(warnings, unknownKey(root.Key(key), key, known))
		}
	}
	warnings = slices.Concat(external.warnings, local.warnings, warnings)
	return &Config{External: external.entries, Local: local.entries, Drain: drain}, warnings, errs
}

// drainTime reads a duration as Go writes it, such as 90s.
func drainTime(data map[string]string, path *field.Path) (time.Duration, *field.Error) {
	text, set := data[DrainTime]
	if !set {
		return DefaultDrain, nil
	}
	drain, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || drain < 0 || drain > MaxDrain {
		return DefaultDrain, field.Invalid(path, text, fmt.Sprintf("write a duration from 0s to %s, such as %s", MaxDrain, DefaultDrain))
	}
	return drain, nil
}

// duplicates finds Gateways that more than one entry names: whose selectors and
// probe mode would then hold, and for which visibility?
func duplicates(lists ...list) field.ErrorList {
	var errs field.ErrorList
	first := map[string]Entry{}
	for _, l := range lists {
		for _, entry := range l.entries {
			gateway := entry.Gateway.String()
			if entry.Gateway.Name == "" {
				continue // refused already
			}
			other, taken := first[gateway]
			if !taken {
				first[gateway] = entry
				continue
			}
			path := l.path.Index(entry.Index).Child(keyGateway)
			if entry.Managed && other.Managed {
				errs = append(errs, field.Required(path, fmt.Sprintf(
					"%s[%d] already has the Gateway that is created for class %q; name a Gateway in one of them",
					listKey(other.Visibility), other.Index, entry.Class)))
				continue
			}
			err := field.Duplicate(path, gateway)
			err.Detail = fmt.Sprintf("already used by %s[%d]", listKey(other.Visibility), other.Index)
			errs = append(errs, err)
		}
	}
	return errs
}

func aggregate(errs field.ErrorList) error {
	if more := len(errs) - maxErrors; more > 0 {
		errs = append(errs[:maxErrors:maxErrors], &field.Error{
			Type: field.ErrorTypeForbidden, Field: "data", Detail: fmt.Sprintf("%d more errors", more),
		})
	}
	return errs.ToAggregate()
}
