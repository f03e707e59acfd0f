// SPDX-License-Identifier: Apache-2.0

package config

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// TestPanicOfTheParser: B-OPS-5, B-INS-4, data over which the parser panics are refused, and the last good ones serve on.
func TestPanicOfTheParser(t *testing.T) {
	store := NewStore("knative-serving", nil)
	store.OnConfigMap(&corev1.ConfigMap{Data: map[string]string{ExternalGateways: "- class: eg"}})
	store.parse = func(map[string]string, string) (*Config, []Warning, error) { panic("unforeseen") }
	store.OnConfigMap(&corev1.ConfigMap{Data: map[string]string{ExternalGateways: "- class: other"}})
	state := store.Load()
	if state.Problem == nil || !strings.Contains(state.Problem.Error(), "unforeseen") {
		t.Errorf("The problem is %v", state.Problem)
	}
	if len(state.Config.External) != 1 || state.Config.External[0].Class != "eg" {
		t.Errorf("%+v serves", state.Config.External)
	}
}
