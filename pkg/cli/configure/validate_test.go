// SPDX-License-Identifier: Apache-2.0

package configure_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/net-gateways/net-gateways/pkg/cli/configure"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestValidate: B-CLI-4, the answer is that of the webhook's own function, byte for byte, for a ConfigMap and for its data alone.
func TestValidate(t *testing.T) {
	refused := 0
	for _, data := range []map[string]string{
		{}, {"external-gateways": "[{class: eg, gateway: gateways/blue}]", "local-gateways": "[]"}, {"external-gateways": "x"}, {"extrenal-gateways": "[]"},
		{"external-gateways": "[{class: eg, gateway: blue}, {color: eg}]"}, {"external-gateways": "[{class: eg, probe: never, supported-features: [None]}]", "drain-time": "1d"},
		{"external-gateways": "- {class: eg, gateway: a/b}\n- {class: eg, gateway: a/b}\n", "local-gateways": "[{class: a, label-selector: '((('}]"},
	} {
		cm := &corev1.ConfigMap{Data: data}
		cm.Namespace, cm.Name = "knative-serving", config.Name
		webhook := ""
		if _, err := config.NewFromConfigMap(cm); err != nil {
			webhook = err.Error()
			refused++
		}
		report := configure.Validate("a.yaml", cm, nil)
		if report.Error != webhook || report.Found() != (webhook != "") {
			t.Errorf("%v: %q, and the webhook says %q", data, report.Error, webhook)
		}
		for _, mistake := range report.Mistakes {
			if !strings.Contains(webhook, mistake) {
				t.Errorf("%v: the webhook does not say %q", data, mistake)
			}
		}
		if report.Error == "" && !slices.Equal(report.Warnings, config.Advice(cm, nil)) {
			t.Errorf("%v: it warns %q", data, report.Warnings)
		}
	}
	if refused != 5 {
		t.Errorf("%d of the files are refused", refused)
	}
}

// TestParse: what is no config-gateway is said in one line.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"{": "yaml", "kind: Secret": "it is a Secret, and no ConfigMap", "a: [b]": "neither a ConfigMap nor the data of one", "kind: ConfigMap\ndate: {}": "unknown field",
		"kind: ConfigMap\nmetadata: {name: config-gateway}\ndata: {a: b}": "", "a: b": "",
	} {
		cm, err := configure.Parse([]byte(text), "knative-serving")
		switch {
		case want == "" && (err != nil || cm.Data["a"] != "b" || cm.Namespace != "knative-serving"):
			t.Errorf("%q: %v, %v", text, cm, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
