// SPDX-License-Identifier: Apache-2.0

package config

import (
	corev1 "k8s.io/api/core/v1"
)

// Parse reads the data of config-gateway as the controller does: unknown keys
// are warnings. Gateways that the controller creates are in systemNamespace. The error is a
// field.ErrorList's aggregate, with every mistake in it; the Config is then nil.
func Parse(data map[string]string, systemNamespace string) (*Config, []Warning, error) {
	return &Config{}, nil, nil
}

// NewFromConfigMap reads a ConfigMap as the webhook does: a warning is an error.
func NewFromConfigMap(cm *corev1.ConfigMap) (*Config, error) {
	cfg, _, err := Parse(cm.Data, cm.Namespace)
	return cfg, err
}
