// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/configmap"
)

// maxErrors bounds the errors about one file, which go into Events and logs.
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
		errs = append(errs, field.Forbidden(field.NewPath("binaryData").Key(key), "is not read; write text under data"))
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
	errs = append(errs, external.duplicates()...)
	errs = append(errs, local.duplicates()...)
	errs = append(errs, external.checkDefault()...)
	errs = append(errs, local.checkDefault()...)
	drain, err := drainTime(data, root.Key(DrainTime))
	if err != nil {
		errs = append(errs, err)
	}

	noPaths, err := pathsDisabled(data, root.Key(PathRouting))
	if err != nil {
		errs = append(errs, err)
	}

	var warnings []Warning
	known := []string{ExternalGateways, LocalGateways, DrainTime, PathRouting}
	for _, key := range slices.Sorted(maps.Keys(data)) {
		if key != configmap.ExampleKey && !slices.Contains(known, key) {
			warnings = append(warnings, unknownKey(root.Key(key), key, known))
		}
	}
	warnings = slices.Concat(external.warnings, local.warnings, warnings)
	cfg := &Config{External: external.entries, Local: local.entries, Drain: drain, NoPaths: noPaths, Unserved: sets.New[v1alpha1.IngressVisibility]()}
	for _, l := range []list{external, local} {
		if l.empty {
			cfg.Unserved.Insert(l.visibility)
		}
	}
	cfg.dropUnservedIfAll()
	return cfg, warnings, errs
}

// drainTime reads a duration as Go writes it, such as 90s.
func drainTime(data map[string]string, path *field.Path) (time.Duration, *field.Error) {
	text, set := data[DrainTime]
	if !set {
		return DefaultDrain, nil
	}
	drain, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || drain < 0 || drain > maxDrain {
		return DefaultDrain, field.Invalid(path, text, fmt.Sprintf("write a duration from 0s to %s, such as %s", maxDrain, DefaultDrain))
	}
	return drain, nil
}

// pathsDisabled reads whether HTTPRoutes with a Knative object as their parent are left alone.
func pathsDisabled(data map[string]string, path *field.Path) (bool, *field.Error) {
	switch text, set := data[PathRouting]; {
	case !set || strings.TrimSpace(text) == "enabled":
		return false, nil
	case strings.TrimSpace(text) == "disabled":
		return true, nil
	default:
		return false, field.NotSupported(path, text, []string{"enabled", "disabled"})
	}
}

func aggregate(errs field.ErrorList) error {
	if more := len(errs) - maxErrors; more > 0 {
		errs = append(errs[:maxErrors:maxErrors], &field.Error{
			Type: field.ErrorTypeForbidden, Field: "data", Detail: fmt.Sprintf("%d more errors", more),
		})
	}
	return errs.ToAggregate()
}
