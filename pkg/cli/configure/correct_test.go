// SPDX-License-Identifier: Apache-2.0

package configure

import (
	"maps"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// TestCorrect: B-INS-4, the webhook admits what is corrected, and what was right stays as it was written. No entry loses its selector.
func TestCorrect(t *testing.T) {
	propose := func(string) config.Proposals { return config.Proposals{Entries: []config.Proposal{{Class: "eg"}}} }
	for name, c := range map[string]struct{ data, want map[string]string }{
		"right":            {map[string]string{"external-gateways": "- class: a # the first\n"}, map[string]string{}},
		"comments stay":    {map[string]string{"external-gateways": "# mine\n- class: a # the first\n  probe: ask\n"}, map[string]string{"external-gateways": "# mine\n- class: a # the first\n"}},
		"a mapping":        {map[string]string{"external-gateways": "[{class: a}, {class: b, namespace-selector: {matchLabels: {a: b}}}, {class: c}]"}, map[string]string{"external-gateways": "[{class: a}, {class: b, namespace-selector: {matchLabels: {a: b}}}]\n"}},
		"a wrong selector": {map[string]string{"external-gateways": "[{class: a}, {class: b, namespace-selector: {matchLabels: 3}}]"}, map[string]string{"external-gateways": "[{class: a}]\n"}},
		"nothing is left":  {map[string]string{"external-gateways": "[3]"}, map[string]string{"external-gateways": "[{class: eg}]"}},
		"two documents":    {map[string]string{"external-gateways": "- class: a\n---\n- class: b\n"}, map[string]string{"external-gateways": "- class: a\n"}},
		"a key twice":      {map[string]string{"external-gateways": "- {class: a, class: b}"}, map[string]string{"external-gateways": "[{class: eg}]"}},
		"no default": {map[string]string{"external-gateways": "[{class: eg, label-selector: a=b}]"},
			map[string]string{"external-gateways": "[{class: eg}]"}}, // the default that is proposed is the Gateway of that entry
	} {
		t.Run(name, func(t *testing.T) {
			cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "knative-serving", Name: config.Name}, Data: c.data}
			got, after := map[string]string{}, cm.DeepCopy()
			for key, text := range Correct(cm, Cluster{Propose: propose}) {
				if delete(after.Data, key); text != nil {
					got[key], after.Data[key] = *text, *text
				}
			}
			if !maps.Equal(got, c.want) {
				t.Errorf("It writes %q, want %q", got, c.want)
			}
			if _, err := config.NewFromConfigMap(after); err != nil {
				t.Error(err)
			}
		})
	}
}
