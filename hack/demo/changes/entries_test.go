// SPDX-License-Identifier: Apache-2.0

package changes

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestAddEntries: the demo's entries are added as entries for its namespace alone, and what comes of it is a valid
// config-gateway, in which the default of others is the default.
func TestAddEntries(t *testing.T) {
	text := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		former *string
		want   string // of the list, or of the error
		fails  bool
	}{
		"absent":       {nil, entries, false},
		"blank":        {text(" \n"), entries, false},
		"one entry":    {text("- class: theirs\n"), "namespace-selector: kubernetes.io/metadata.name=net-gateways-demo", false},
		"in one line":  {text("[{class: theirs, gateway: a/b}]"), "gateway: a/b", false},
		"the same":     {text("[{class: blue, gateway: gateways/blue}, {class: green, gateway: gateways/green, label-selector: x=y}]"), "[{class: blue", false},
		"some of them": {text("[{class: blue, gateway: gateways/blue}]"), "not for gateways/green", true},
		"none wanted":  {text("[]"), "is a wish", true},
		"no list":      {text("class: blue"), "it is no list of entries", true},
	} {
		got, err := AddEntries(test.former, entries)
		if test.fails {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want %q", name, err, test.want)
			}
			continue
		}
		if err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%s: %v\n%s\nwant %q", name, err, got, test.want)
		}
		parsed, err := config.NewFromConfigMap(&corev1.ConfigMap{Data: map[string]string{config.ExternalGateways: got}})
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, got)
		} else if first := parsed.External[0]; first.LabelSelector != nil || first.NamespaceSelector != nil {
			t.Errorf("%s: the default is not the first: %v", name, first)
		}
	}
}
