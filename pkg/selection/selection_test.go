// SPDX-License-Identifier: Apache-2.0

package selection_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/selection"
)

const (
	external = v1alpha1.IngressVisibilityExternalIP
	local    = v1alpha1.IngressVisibilityClusterLocal
)

var data = map[string]string{
	"external-gateways": `
- {class: a, gateway: gw/default}
- {class: a, gateway: gw/blue, label-selector: team=blue}
- {class: a, gateway: gw/blue-too, label-selector: team in (blue)}
- {class: a, gateway: gw/zone, namespace-selector: zone=west}
- {class: a, gateway: gw/blue-in-zone, label-selector: team=blue, namespace-selector: zone=west}
`,
	"local-gateways": `
- {class: b, gateway: gw/green-local, label-selector: team=green}
- {class: b, gateway: gw/local}
`,
}

func ingress(labels, annotations map[string]string) *v1alpha1.Ingress {
	return &v1alpha1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "tenant", Name: "hello", Labels: labels, Annotations: annotations}}
}

type set = map[string]string

// selections are requests with the Gateway that is selected, or the refusal.
var selections = []struct {
	name       string
	visibility v1alpha1.IngressVisibility
	request    selection.Request
	want       string
	refusal    string
}{{
	name: "B-SEL-1 nothing matches: the default of the external list", visibility: external,
	request: selection.Request{Ingress: ingress(nil, nil)}, want: "gw/default",
}, {
	name: "B-SEL-1 the default of the local list, wherever it stands", visibility: local,
	request: selection.Request{Ingress: ingress(set{"team": "blue"}, nil)}, want: "gw/local",
}, {
	name: "B-SEL-2 a label selector beats the default, the first of equals wins", visibility: external,
	request: selection.Request{Ingress: ingress(set{"team": "blue"}, nil)}, want: "gw/blue",
}, {
	name: "B-SEL-2 a namespace selector beats the default", visibility: external,
	request: selection.Request{Ingress: ingress(nil, nil), NamespaceLabels: set{"zone": "west"}}, want: "gw/zone",
}, {
	name: "B-SEL-2 both selectors beat one", visibility: external,
	request: selection.Request{Ingress: ingress(set{"team": "blue"}, nil), NamespaceLabels: set{"zone": "west"}}, want: "gw/blue-in-zone",
}, {
	name: "B-SEL-2 labels of the namespace are not those of the service", visibility: external,
	request: selection.Request{Ingress: ingress(set{"zone": "west"}, nil), NamespaceLabels: set{"team": "blue"}}, want: "gw/default",
}, {
	name: "B-SEL-2 the annotation names an entry, against all selectors", visibility: external,
	request: selection.Request{Ingress: ingress(set{"team": "blue"}, set{"net-gateways.github.io/external-gateway": "gw/default"})}, want: "gw/default",
}, {
	name: "B-SEL-2 an entry of the own namespace may be named", visibility: external,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/zone"}), NamespaceLabels: set{"zone": "west"}}, want: "gw/zone",
}, {
	name: "B-SEL-3 an entry of other namespaces may not be named", visibility: external,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/zone"})},
	refusal: `annotation net-gateways.github.io/external-gateway: "gw/zone" is not the ` + "`gateway`" + ` of an entry of external-gateways in ConfigMap config-gateway that serves namespace tenant: correct or remove the annotation`,
}, {
	name: "B-SEL-2 one that does not exist is refused in the same words", visibility: external,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/zone-2"})},
	refusal: `annotation net-gateways.github.io/external-gateway: "gw/zone-2" is not the ` + "`gateway`" + ` of an entry of external-gateways in ConfigMap config-gateway that serves namespace tenant: correct or remove the annotation`,
}, {
	name: "B-SEL-7 a local entry is not named for the external side", visibility: external,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/local"})},
	refusal: `annotation net-gateways.github.io/external-gateway: "gw/local" is not the ` + "`gateway`" + ` of an entry of external-gateways in ConfigMap config-gateway that serves namespace tenant: correct or remove the annotation`,
}, {
	name: "B-SEL-2 each visibility has an annotation of its own", visibility: local,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/blue", "net-gateways.github.io/local-gateway": "gw/green-local"})}, want: "gw/green-local",
}, {
	name: "B-SEL-2 a DomainMapping inherits by the labels of its target", visibility: external,
	request: selection.Request{Ingress: ingress(nil, nil), Target: ingress(set{"team": "blue"}, nil)}, want: "gw/blue",
}, {
	name: "B-SEL-2 a DomainMapping inherits by the annotation of its target", visibility: external,
	request: selection.Request{Ingress: ingress(set{"team": "blue"}, nil), Target: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/default"})}, want: "gw/default",
}, {
	name: "B-SEL-2 an annotation on the DomainMapping itself beats the labels of its target", visibility: external,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/default"}), Target: ingress(set{"team": "blue"}, nil)}, want: "gw/default",
}, {
	name: "B-SEL-2 and the annotation of its target", visibility: external,
	request: selection.Request{
		Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/blue"}), Target: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/default"}),
	}, want: "gw/blue",
}, {
	name: "B-SEL-2 for its visibility alone", visibility: local,
	request: selection.Request{
		Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/blue"}), Target: ingress(nil, set{"net-gateways.github.io/local-gateway": "gw/green-local"}),
	}, want: "gw/green-local",
}, {
	name: "B-SEL-3 an annotation on the DomainMapping names no entry of other namespaces either", visibility: external,
	request: selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/zone"}), Target: ingress(nil, nil)},
	refusal: `annotation net-gateways.github.io/external-gateway: "gw/zone" is not the ` + "`gateway`" + ` of an entry of external-gateways in ConfigMap config-gateway that serves namespace tenant: correct or remove the annotation`,
}}

func TestSelect(t *testing.T) {
	cfg, _, err := config.Parse(data, "knative-serving")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range selections {
		t.Run(test.name, func(t *testing.T) {
			entry, refusal := selection.Select(cfg, test.visibility, test.request)
			if test.refusal != "" {
				expectRefusal(t, refusal, "GatewayNotFound", test.refusal)
				return
			}
			if refusal != nil || entry.Gateway.String() != test.want {
				t.Errorf("Select() = %s, %v, want %s", entry.Gateway, refusal, test.want)
			}
		})
	}
}

// TestNothingConfigured: B-INS-3, an empty list says what to write, by visibility.
func TestNothingConfigured(t *testing.T) {
	cfg, _, err := config.Parse(set{"local-gateways": data["local-gateways"]}, "knative-serving")
	if err != nil {
		t.Fatal(err)
	}
	request := selection.Request{Ingress: ingress(nil, set{"net-gateways.github.io/external-gateway": "gw/blue"})}
	_, refusal := selection.Select(cfg, external, request)
	expectRefusal(t, refusal, "GatewayNotConfigured", "no gateway is configured for visibility ExternalIP: add an entry to external-gateways in ConfigMap config-gateway")
	if entry, refusal := selection.Select(cfg, local, request); refusal != nil || entry.Gateway.String() != "gw/local" {
		t.Errorf("The other list is touched: %s, %v", entry.Gateway, refusal)
	}
}

// TestNothingWanted: B-INS-3, [] is a wish, and the refusal says so.
func TestNothingWanted(t *testing.T) {
	cfg, _, err := config.Parse(set{"external-gateways": data["external-gateways"], "local-gateways": "[]"}, "knative-serving")
	if err != nil {
		t.Fatal(err)
	}
	_, refusal := selection.Select(cfg, local, selection.Request{Ingress: ingress(nil, nil)})
	expectRefusal(t, refusal, "GatewayNotConfigured", "hosts of visibility ClusterLocal are not served: local-gateways in ConfigMap config-gateway is [], write an entry to change that")
}

func expectRefusal(t *testing.T, refusal *conditions.Refusal, reason, text string) {
	t.Helper()
	if refusal == nil {
		t.Fatalf("Select() refuses nothing, want %s", reason)
	}
	if refusal.Reason() != reason || !refusal.Terminal() || refusal.Error() != text {
		t.Errorf("Refused with %s, terminal %t:\n%s\nwant %s:\n%s", refusal.Reason(), refusal.Terminal(), refusal, reason, text)
	}
}
