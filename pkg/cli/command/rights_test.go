// SPDX-License-Identifier: Apache-2.0

package command

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/cli/clitest"
	"github.com/net-gateways/net-gateways/pkg/cli/objects"
)

// tenant has the rights that a developer has in a namespace, and may list nothing of the whole cluster.
type tenant struct {
	objects.Source
	t     *testing.T
	may   func(kind objects.Kind, namespace string) bool
	asked []string
}

func (s *tenant) Get(kind objects.Kind, name types.NamespacedName) (*unstructured.Unstructured, error) {
	s.asked = append(s.asked, "get "+kind.String()+" "+name.String())
	if !s.may(kind, name.Namespace) {
		return nil, &objects.Denied{Kind: kind, Namespace: name.Namespace, Name: name.Name}
	}
	return s.Source.Get(kind, name)
}

func (s *tenant) List(kind objects.Kind, namespace string, selector labels.Selector) ([]*unstructured.Unstructured, error) {
	s.asked = append(s.asked, "list "+kind.String()+" in "+namespace)
	if namespace == "" {
		s.t.Errorf("It lists %s of the whole cluster", kind)
	}
	if kind == objects.HTTPRoutes && selector.Empty() {
		s.t.Error("It lists the HTTPRoutes of all services of the namespace")
	}
	if !s.may(kind, namespace) {
		return nil, &objects.Denied{Kind: kind, Namespace: namespace}
	}
	return s.Source.List(kind, namespace, selector)
}

// taken is a service whose host an older one of another namespace has, as the controller reports it.
const taken = `
apiVersion: networking.internal.knative.dev/v1alpha1
kind: Ingress
metadata: {namespace: far, name: holder, uid: holder, generation: 1, creationTimestamp: "2026-11-01T00:00:00Z",
  annotations: {networking.knative.dev/ingress.class: gateway-api.ingress.networking.knative.dev}}
spec:
  rules:
  - hosts: [cart.shop.example.com]
    visibility: ExternalIP
    http: {paths: [{splits: [{serviceName: holder, serviceNamespace: far, servicePort: 80, percent: 100}]}]}
`

// TestHostOfAnotherNamespace: B-CLI-2, B-RDY-6, without the right to list the KIngresses of other namespaces the reason is what
// the controller reports, and with it the service that has the host is named.
func TestHostOfAnotherNamespace(t *testing.T) {
	store, err := objects.Read("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	store = clitest.Change(t, store, taken, "")
	clitest.Settle(t, store)
	const says = "host cart.shop.example.com is served by an older KIngress of another namespace"
	for everywhere, words := range map[bool][]string{
		false: {"is not Ready for 3m12s: HostConflict", says, "Look  kn gateways explain cart -n shop -A "},
		true:  {"is not Ready for 3m12s: HostConflict", says, "Note  host cart.shop.example.com is served by the older KIngress far/holder"},
	} {
		out := &bytes.Buffer{}
		c := &common{Streams: Streams{Out: out, Env: func(string) string { return "" }, Now: func() time.Time { return clitest.Now }}, system: "knative-serving", all: everywhere}
		source := objects.Source(store)
		if !everywhere {
			source = &tenant{Source: store, t: t, may: func(kind objects.Kind, namespace string) bool { return namespace != "far" }}
		}
		report, err := c.explain(source, "shop/cart")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.write(report); !errors.Is(err, errFound) {
			t.Errorf("It exits with %v", err)
		}
		for _, want := range words {
			if !strings.Contains(out.String(), want) {
				t.Errorf("With -A %t it does not say %q:\n%s", everywhere, want, out)
			}
		}
		if strings.Contains(out.String(), "far") != everywhere {
			t.Errorf("With -A %t it names what is elsewhere:\n%s", everywhere, out)
		}
	}
}

// TestRights: B-CLI-2, explain of one service lists nothing of the whole cluster, and no HTTPRoutes of other services, whatever may
// be read; and what may not be read is a line that names it, beside what the KIngress itself says.
func TestRights(t *testing.T) {
	all := func(objects.Kind, string) bool { return true }
	own := func(_ objects.Kind, namespace string) bool { return namespace == "shop" }
	for name, test := range map[string]struct {
		may   func(objects.Kind, string) bool
		words []string
	}{
		"all": {all, []string{"Service shop/checkout is Ready for 3m12s", "ok    Gateway    gateways/green"}},
		"own namespace": {own, []string{"Service shop/checkout is Ready for 3m12s",
			"-     entry      cannot read ConfigMap knative-serving/config-gateway: forbidden; what the KIngress says: Ready is True", "-     Gateway    not looked at", "traffic  100% checkout-00006"}},
		"config, too": {func(kind objects.Kind, namespace string) bool {
			return namespace == "shop" || kind == objects.ConfigMaps
		}, []string{
			"ok    entry      external-gateways[1] (gateways/green): label-selector gateway=green",
			"-     Gateway    cannot read Gateway gateways/green: forbidden; what the KIngress says of it: Ready is True",
			"address    envoy-green.envoy-gateway-system.svc.cluster.local"}},
		"no data plane": {func(kind objects.Kind, _ string) bool { return kind != objects.EndpointSlices }, []string{
			"Service shop/checkout is Ready", "cannot read any EndpointSlice of namespace envoy-gateway-system: forbidden"}},
	} {
		t.Run(name, func(t *testing.T) {
			store, err := objects.Read("testdata/shop.yaml")
			if err != nil {
				t.Fatal(err)
			}
			clitest.Settle(t, store)
			out := &bytes.Buffer{}
			c := &common{Streams: Streams{Out: out, Env: func(string) string { return "" }, Now: func() time.Time { return clitest.Now }}, system: "knative-serving"}
			source := &tenant{Source: store, t: t, may: test.may}
			report, err := c.explain(source, "shop/checkout")
			if err != nil {
				t.Fatal(err)
			}
			_ = c.write(report)
			for _, want := range test.words {
				if !strings.Contains(out.String(), want) {
					t.Errorf("It does not say %q:\n%s", want, out)
				}
			}
			if n := len(source.asked); n > 25 {
				t.Errorf("It asks %d times: %q", n, source.asked)
			}
		})
	}
}
