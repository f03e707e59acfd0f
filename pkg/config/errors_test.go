// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"strings"
	"testing"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// B-INS-4: each mistake has its message, with key, entry index and field.
var mistakes = []struct {
	name, external, local string
	want                  string
}{{
	name:     "not YAML",
	external: "- class: [a",
	want:     `data[external-gateways]: Invalid value: is not YAML: line 1: did not find expected ',' or ']'`,
}, {
	name:     "no list",
	external: "class: a\ngateway: a/a",
	want:     `data[external-gateways]: Invalid value: must be a list whose entries start with "- class: NAME", not a mapping`,
}, {
	name:     "entry is no mapping",
	external: "- class: a\n-\n- b\n- [c]",
	want:     `[data[external-gateways][1]: Invalid value: must be a mapping such as {class: NAME}, not an empty value, data[external-gateways][2]: Invalid value: must be a mapping such as {class: NAME}, not a string, data[external-gateways][3]: Invalid value: must be a mapping such as {class: NAME}, not a list]`,
}, {
	name:     "two documents",
	external: "- class: a\n---\n- class: b",
	want:     `data[external-gateways]: Invalid value: holds more than one YAML document; only one list is read`,
}, {
	name:     "too long",
	external: "- class: a\n" + strings.Repeat("#", 256<<10),
	want:     `data[external-gateways]: Invalid value: is 262155 bytes long, more than the 262144 allowed`,
}, {
	name:     "aliases of aliases",
	external: bomb(),
	want:     `data[external-gateways]: Invalid value: is not YAML: document contains excessive aliasing`,
}, {
	name:     "key twice",
	external: "- class: a\n  gateway: a/a\n  class: b",
	want:     `data[external-gateways]: Invalid value: is not YAML: line 3: key "class" already set in map`,
}, {
	name:     "class missing",
	external: "- gateway: a/a",
	want:     `data[external-gateways][0].class: Required value: the name of a GatewayClass`,
}, {
	name:     "class no name",
	external: "- class: Envoy_Gateway\n  gateway: a/a",
	want:     `data[external-gateways][0].class: Invalid value: "Envoy_Gateway": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
}, {
	name:     "class a number",
	external: "- class: 1",
	want:     `data[external-gateways][0].class: Invalid value: must be a string, not a number; put it into quotes`,
}, {
	name:     "class a list",
	external: "- class: [a]",
	want:     `data[external-gateways][0].class: Invalid value: must be a string, not a list`,
}, {
	name:     "gateway a mapping",
	external: "- class: a\n  gateway: {namespace: a, name: b}",
	want:     `data[external-gateways][0].gateway: Invalid value: must be a string, not a mapping; write namespace/name`,
}, {
	name:     "gateway without namespace",
	external: "- class: a\n  gateway: blue",
	want:     `data[external-gateways][0].gateway: Invalid value: "blue": must be namespace/name, for example knative-serving/external`,
}, {
	name:     "gateway with too much",
	external: "- class: a\n  gateway: a/b/c",
	want:     `data[external-gateways][0].gateway: Invalid value: "a/b/c": must be namespace/name, for example knative-serving/external`,
}, {
	name:     "gateway in no namespace's name",
	external: "- class: a\n  gateway: a.b/c",
	want:     `data[external-gateways][0].gateway: Invalid value: "a.b/c": namespace: must not contain dots`,
}, {
	name:     "gateway unfinished",
	external: "- class: a\n  gateway:",
	want:     `data[external-gateways][0].gateway: Required value: has no value; give one or remove the line`,
}, {
	name:     "service",
	external: "- class: a\n  gateway: a/a\n  service: a/b.c",
	want:     `data[external-gateways][0].service: Invalid value: "a/b.c": name: must not contain dots`,
}, {
	name:     "listener",
	external: "- class: a\n  gateway: a/a\n  http-listener-name: HTTP",
	want:     `data[external-gateways][0].http-listener-name: Invalid value: "HTTP": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
}, {
	name:     "features no list",
	external: "- class: a\n  supported-features: HTTPRouteHostRewrite",
	want:     `data[external-gateways][0].supported-features: Invalid value: must be a list of Gateway API feature names, not a string`,
}, {
	name:     "unknown features",
	external: "- class: a\n  supported-features: [HTTPRouteHostRewrites, ListenerSet, Teleport, 7, \"\"]",
	want:     `[data[external-gateways][0].supported-features[0]: Invalid value: "HTTPRouteHostRewrites": unknown Gateway API feature; did you mean "HTTPRouteHostRewrite"?, data[external-gateways][0].supported-features[2]: Invalid value: "Teleport": unknown Gateway API feature, data[external-gateways][0].supported-features[3]: Invalid value: must be the name of a feature, not a number, data[external-gateways][0].supported-features[4]: Invalid value: "": unknown Gateway API feature]`,
}, {
	name:     "proxy protocol a string",
	external: "- class: a\n  proxy-protocol-enabled: \"true\"",
	want:     `data[external-gateways][0].proxy-protocol-enabled: Invalid value: must be true or false without quotes, not a string`,
}, {
	name:     "probe",
	external: "- class: a\n  probe: always",
	want:     `data[external-gateways][0].probe: Unsupported value: "always": supported values: "auto", "dataplane", "address", "status"`,
}, {
	name:     "label selector",
	external: "- class: a\n- class: b\n  label-selector: app in a",
	want:     `data[external-gateways][1].label-selector: Invalid value: "app in a" is not a label selector such as app=a,tier in (x,y): unable to parse requirement: found 'a' expected: '('`,
}, {
	name:     "label selector that is a plain mapping",
	external: "- class: a\n- class: b\n  label-selector: {gateway: green}",
	want:     `data[external-gateways][1].label-selector: Invalid value: is not a label selector such as {matchLabels: {app: a}} or "app=a": unknown field "gateway"`,
}, {
	name:     "label selector with a wrong operator",
	external: "- class: a\n- class: b\n  label-selector: {matchExpressions: [{key: a, operator: Is}]}",
	want:     `data[external-gateways][1].label-selector: Invalid value: "Is" is not a valid label selector operator`,
}, {
	name:     "label selector a list",
	external: "- class: a\n- class: b\n  label-selector: [a=b]",
	want:     `data[external-gateways][1].label-selector: Invalid value: must be a label selector such as app=a,tier in (x,y), not a list`,
}, {
	name:     "selectors that select everything",
	external: "- class: a\n- class: b\n  label-selector: \"\"\n- class: c\n  namespace-selector: {}",
	want:     `[data[external-gateways][1].label-selector: Invalid value: selects everything; remove the line if this entry is the default, data[external-gateways][2].namespace-selector: Invalid value: selects everything; remove the line if this entry is the default]`,
}, {
	name:     "selector unfinished",
	external: "- class: a\n- class: b\n  namespace-selector:",
	want:     `data[external-gateways][1].namespace-selector: Invalid value: must be a label selector such as app=a,tier in (x,y), not an empty value`,
}, {
	name:     "a comparison of namespaces for a Gateway that the controller creates",
	external: "- class: a\n- class: b\n  namespace-selector: size>3\n- class: b\n  gateway: x/y\n  namespace-selector: size>3",
	want:     `data[external-gateways][1].namespace-selector: Invalid value: "size>3": a Gateway cannot admit namespaces by < or >: use in or notin, or create a Gateway and name it in ` + "`gateway`",
}, {
	name:     "no default",
	external: "- class: a\n  label-selector: a=b",
	want:     `data[external-gateways]: Required value: no default: exactly one entry must have neither label-selector nor namespace-selector`,
}, {
	name:  "three defaults",
	local: "- class: a\n- class: b\n- class: c",
	want:  `data[local-gateways]: Invalid value: 3 defaults, [0] and [1] and [2]: all entries but one need a label-selector or a namespace-selector`,
}, {
	name:     "one Gateway twice in a list",
	external: "- class: a\n  gateway: a/a\n- class: a\n  gateway: a/a\n  label-selector: a=b",
	want:     `data[external-gateways][1].gateway: Duplicate value: "a/a": already used by external-gateways[0]`,
}, {
	name:     "net-istio's form",
	external: "- name: knative-ingress-gateway\n  namespace: knative-serving\n  service: istio-ingressgateway.istio-system.svc.cluster.local",
	local:    "- class: istio\n  name: knative-local-gateway",
	want:     "[data[external-gateways][0].class: Required value: the name of a GatewayClass, data[external-gateways][0].service: Invalid value: \"istio-ingressgateway.istio-system.svc.cluster.local\": write istio-system/istio-ingressgateway, data[external-gateways][0].name: Forbidden: this is net-istio's form; write `gateway: knative-serving/knative-ingress-gateway`, a Gateway of the Gateway API, data[external-gateways][0].namespace: Forbidden: this is net-istio's form; write `gateway: knative-serving/knative-ingress-gateway`, a Gateway of the Gateway API, data[local-gateways][0].name: Forbidden: this is net-istio's form; write `gateway: NAMESPACE/knative-local-gateway`, a Gateway of the Gateway API]",
}, {
	name:     "two created Gateways of a class",
	external: "- class: a\n- class: a\n  label-selector: a=b",
	want:     `data[external-gateways][1].gateway: Required value: external-gateways[0] already has the Gateway that is created for class "a"; name a Gateway in one of them`,
}, {
	name:     "a created Gateway named again",
	external: "- class: a\n- class: a\n  gateway: knative-serving/knative-external-a\n  label-selector: a=b",
	want:     `data[external-gateways][1].gateway: Duplicate value: "knative-serving/knative-external-a": already used by external-gateways[0]`,
}, {
	name:     "everything at once",
	external: "- class: a\n  gateway: a\n  probe: b\n- gateway: c/c\n  supported-features: d",
	local:    "- {}",
	want:     `[data[external-gateways][0].gateway: Invalid value: "a": must be namespace/name, for example knative-serving/external, data[external-gateways][0].probe: Unsupported value: "b": supported values: "auto", "dataplane", "address", "status", data[external-gateways][1].class: Required value: the name of a GatewayClass, data[external-gateways][1].supported-features: Invalid value: must be a list of Gateway API feature names, not a string, data[local-gateways][0].class: Required value: the name of a GatewayClass, data[external-gateways]: Invalid value: 2 defaults, [0] and [1]: all entries but one need a label-selector or a namespace-selector]`,
}, {
	name:     "more mistakes than an operator reads",
	external: strings.Repeat("- {}\n", 30),
	want:     `[data[external-gateways][0].class: Required value: the name of a GatewayClass, data[external-gateways][1].class: Required value: the name of a GatewayClass, data[external-gateways][2].class: Required value: the name of a GatewayClass, data[external-gateways][3].class: Required value: the name of a GatewayClass, data[external-gateways][4].class: Required value: the name of a GatewayClass, data[external-gateways][5].class: Required value: the name of a GatewayClass, data[external-gateways][6].class: Required value: the name of a GatewayClass, data[external-gateways][7].class: Required value: the name of a GatewayClass, data[external-gateways][8].class: Required value: the name of a GatewayClass, data[external-gateways][9].class: Required value: the name of a GatewayClass, data[external-gateways][10].class: Required value: the name of a GatewayClass, data[external-gateways][11].class: Required value: the name of a GatewayClass, data[external-gateways][12].class: Required value: the name of a GatewayClass, data[external-gateways][13].class: Required value: the name of a GatewayClass, data[external-gateways][14].class: Required value: the name of a GatewayClass, data[external-gateways][15].class: Required value: the name of a GatewayClass, data[external-gateways][16].class: Required value: the name of a GatewayClass, data[external-gateways][17].class: Required value: the name of a GatewayClass, data[external-gateways][18].class: Required value: the name of a GatewayClass, data[external-gateways][19].class: Required value: the name of a GatewayClass, data: Forbidden: 11 more errors]`,
}}

func TestMistakes(t *testing.T) {
	for _, test := range mistakes {
		t.Run(test.name, func(t *testing.T) {
			data := map[string]string{config.ExternalGateways: test.external, config.LocalGateways: test.local}
			for range 3 { // the same every time
				_, err := config.NewFromConfigMap(configMap(data))
				if err == nil {
					t.Fatal("no error")
				}
				if err.Error() != test.want {
					t.Fatalf("\n got %s\nwant %s", err, test.want)
				}
			}
			if cfg, _, err := config.Parse(data, system); err == nil || cfg != nil {
				t.Errorf("Parse: %v, %v", cfg, err)
			}
		})
	}
}

func bomb() string {
	var b strings.Builder
	b.WriteString("- &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := range 9 {
		level := string(rune('0' + i))
		b.WriteString("- &a" + string(rune('1'+i)) + " [" + strings.Repeat("*a"+level+",", 9) + "*a" + level + "]\n")
	}
	return b.String()
}
