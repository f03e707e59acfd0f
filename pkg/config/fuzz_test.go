// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// B-INS-4, B-OPS-5: no text panics; what admission accepts the controller
// accepts, equally, every time; and what is accepted can be acted upon.
func FuzzConfig(f *testing.F) {
	for _, mistake := range mistakes {
		if len(mistake.external) < 2000 {
			f.Add(mistake.external, mistake.local, "key")
		}
	}
	f.Add("- class: a\n  gateway: b/c\n- class: d.e\n  label-selector: {matchLabels: {a: b}}",
		"- {class: a, namespace-selector: 'a in (b), !c'}\n- &x {class: b, probe: status}", "external-gateway")
	f.Fuzz(func(t *testing.T, external, local, key string) {
		data := map[string]string{key: "", config.ExternalGateways: external, config.LocalGateways: local}
		strict, strictErr := config.NewFromConfigMap(configMap(data))
		lenient, warnings, err := config.Parse(data, system)
		if strictErr == nil && (err != nil || len(warnings) > 0 || !cmp.Equal(strict, lenient, compareSelectors)) {
			t.Fatalf("admission accepts %+v, the controller %+v with %v, %v", strict, lenient, warnings, err)
		}
		if err == nil && len(warnings) == 0 && strictErr != nil {
			t.Fatalf("admission refuses what the controller accepts without a warning: %v", strictErr)
		}
		again, _, errAgain := config.Parse(data, system)
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() ||
			!cmp.Equal(lenient, again, compareSelectors) {
			t.Fatalf("not the same twice: %v, %v", err, errAgain)
		}
		if err == nil {
			checkUsable(t, lenient)
		}
	})
}

func checkUsable(t *testing.T, cfg *config.Config) {
	t.Helper()
	seen := map[types.NamespacedName]bool{}
	for _, entries := range [][]config.Entry{cfg.External, cfg.Local} {
		defaults := 0
		for i, entry := range entries {
			if entry.Index != i || entry.Class == "" || entry.Probe == "" || entry.Features == nil || entry.String() == "" {
				t.Errorf("incomplete: %+v", entry)
			}
			if len(validation.IsDNS1123Subdomain(entry.Class)) > 0 ||
				len(validation.IsDNS1123Label(entry.Gateway.Namespace)) > 0 ||
				len(validation.IsDNS1123Subdomain(entry.Gateway.Name)) > 0 ||
				entry.Managed && len(validation.IsDNS1123Label(entry.Gateway.Name)) > 0 {
				t.Errorf("a name that Kubernetes refuses: %+v", entry)
			}
			if seen[entry.Gateway] {
				t.Errorf("Gateway %s twice", entry.Gateway)
			}
			seen[entry.Gateway] = true
			if entry.IsDefault() {
				defaults++
			}
		}
		if len(entries) > 0 && defaults != 1 {
			t.Errorf("%d defaults in %+v", defaults, entries)
		}
	}
}
