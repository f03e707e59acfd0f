// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// B-INS-4: what a newer version may have added is a warning for the controller
// and an error at admission.
func TestUnknownKeys(t *testing.T) {
	data := map[string]string{
		config.ExternalGateways: "- {class: a, gateway: a/a, colour: red, Gateway: b/b}",
		"external-gateway":      "- {class: a}",
	}
	cfg, warnings, err := config.Parse(data, system)
	if err != nil || len(cfg.External) != 1 {
		t.Fatalf("Parse: %v, %v", cfg, err)
	}
	want := []config.Warning{
		{Field: "data[external-gateways][0].Gateway", Detail: `unknown key; did you mean "gateway"?`},
		{Field: "data[external-gateways][0].colour", Detail: "unknown key; known are class, gateway, service, http-listener-name, supported-features, proxy-protocol-enabled, probe, label-selector, namespace-selector"},
		{Field: "data[external-gateway]", Detail: `unknown key; did you mean "external-gateways"?`},
	}
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	_, err = config.NewFromConfigMap(configMap(data))
	wantErr := `[data[external-gateways][0].Gateway: Forbidden: unknown key; did you mean "gateway"?, ` +
		`data[external-gateways][0].colour: Forbidden: unknown key; known are class, gateway, service, http-listener-name, supported-features, proxy-protocol-enabled, probe, label-selector, namespace-selector, ` +
		`data[external-gateway]: Forbidden: unknown key; did you mean "external-gateways"?]`
	if err == nil || err.Error() != wantErr {
		t.Errorf("NewFromConfigMap: %v", err)
	}
	cm := configMap(nil)
	cm.BinaryData = map[string][]byte{config.LocalGateways: {1}}
	if _, err := config.NewFromConfigMap(cm); err == nil ||
		err.Error() != "binaryData[local-gateways]: Forbidden: is not read; write text under data" {
		t.Errorf("binaryData: %v", err)
	}
}
