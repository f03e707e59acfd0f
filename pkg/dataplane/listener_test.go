// SPDX-License-Identifier: Apache-2.0

package dataplane_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
)

// listener is one that admits the routes of all namespaces.
func listener(name string, port int32, protocol gatewayv1.ProtocolType, edits ...func(*gatewayv1.Listener)) gatewayv1.Listener {
	found := gatewayv1.Listener{Name: gatewayv1.SectionName(name), Port: port, Protocol: protocol}
	from(gatewayv1.NamespacesFromAll)(&found)
	for _, edit := range edits {
		edit(&found)
	}
	return found
}

func gatewayWith(listeners ...gatewayv1.Listener) *gatewayv1.Gateway {
	gw := gateway()
	gw.Spec.Listeners = listeners
	return gw
}

func hostname(host gatewayv1.Hostname) func(*gatewayv1.Listener) {
	return func(l *gatewayv1.Listener) { l.Hostname = &host }
}

func from(namespaces gatewayv1.FromNamespaces) func(*gatewayv1.Listener) {
	return func(l *gatewayv1.Listener) {
		l.AllowedRoutes = &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: &namespaces}}
		if namespaces == gatewayv1.NamespacesFromSelector {
			l.AllowedRoutes.Namespaces.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "shop"}}
		}
	}
}

func silent(l *gatewayv1.Listener) { l.AllowedRoutes = nil }

func onlyGRPC(l *gatewayv1.Listener) {
	l.AllowedRoutes.Kinds = []gatewayv1.RouteGroupKind{{Kind: "GRPCRoute"}}
}

func passthrough(l *gatewayv1.Listener) {
	l.TLS = &gatewayv1.ListenerTLSConfig{Mode: new(gatewayv1.TLSModePassthrough)}
}

var shop = dataplane.Tenant{Namespace: "shop", Labels: map[string]string{"team": "shop"}}

// TestListenerFor: B-RDY-2, probes follow the listener. B-TRN-8: it is one that admits our
// namespace, kind and host; where none does, the refusal names the field to change, and the result is the listener
// that has this field, because the gateway decides.
func TestListenerFor(t *testing.T) {
	list := func(listeners ...gatewayv1.Listener) []gatewayv1.Listener { return listeners }
	both := list(listener("tls", 443, "HTTPS"), listener("tcp", 9000, "TCP"), listener("web", 80, "HTTP", hostname("")), listener("alt", 8080, "HTTP"))
	hosts := list(listener("wild", 80, "HTTP", hostname("*.example.com")), listener("one", 81, "HTTP", hostname("one.example.org")))
	admin := list(listener("admin", 80, "HTTP", silent), listener("apps", 8080, "HTTP"))
	const gw = "Gateway gateways/blue"
	tests := []struct {
		name          string
		listeners     []gatewayv1.Listener
		section, host string
		want          dataplane.Listener
		refusal       string
	}{
		{"HTTP before HTTPS, the first of them", both, "", "a.example.com", dataplane.Listener{Name: "web", Port: 80}, ""},
		{"a given section", both, "alt", "a.example.com", dataplane.Listener{Name: "alt", Port: 8080}, ""},
		{"a given HTTPS section", both, "tls", "a.example.com", dataplane.Listener{Name: "tls", Port: 443, TLS: true}, ""},
		{"HTTPS when there is no other", both[:2], "", "a.example.com", dataplane.Listener{Name: "tls", Port: 443, TLS: true}, ""},
		{"a section that is not there", both, "none", "a.example.com", dataplane.Listener{},
			gw + ` has no listener "none" that speaks HTTP or terminates TLS: add it to spec.listeners, or change ` + "`http-listener-name`"},
		{"a section of another protocol", both, "tcp", "a.example.com", dataplane.Listener{},
			gw + ` has no listener "tcp" that speaks HTTP or terminates TLS: add it to spec.listeners, or change ` + "`http-listener-name`"},
		{"TLS that is not ended", list(listener("tls", 443, "HTTPS", passthrough)), "", "a.example.com", dataplane.Listener{},
			gw + " has no listener that speaks HTTP or terminates TLS: add one to spec.listeners"},
		{"no listeners", nil, "", "a.example.com", dataplane.Listener{}, gw + " has no listener that speaks HTTP or terminates TLS: add one to spec.listeners"},

		{"a wildcard admits one label", hosts, "", "a.example.com", dataplane.Listener{Name: "wild", Port: 80}, ""},
		{"and several", hosts, "", "a.b.example.com", dataplane.Listener{Name: "wild", Port: 80}, ""},
		{"but not its own suffix", hosts, "", "example.com", dataplane.Listener{Name: "wild", Port: 80},
			"no listener of " + gw + " admits host example.com: change spec.listeners[wild].hostname, which is *.example.com, or add a listener"},
		{"a host, without case", hosts, "", "ONE.example.org", dataplane.Listener{Name: "one", Port: 81}, ""},
		{"a section for another host", hosts, "one", "two.example.org", dataplane.Listener{Name: "one", Port: 81},
			"no listener of " + gw + " admits host two.example.org: change spec.listeners[one].hostname, which is one.example.org, or add a listener"},

		{"not one for the Gateway's own namespace, which is the default", admin, "", "a.example.com", dataplane.Listener{Name: "apps", Port: 8080}, ""},
		{"nor one for another kind", list(listener("grpc", 80, "HTTP", onlyGRPC), listener("apps", 8080, "HTTP")), "", "a.example.com", dataplane.Listener{Name: "apps", Port: 8080}, ""},
		{"HTTPS that admits us before HTTP that does not", list(admin[0], listener("tls", 443, "HTTPS")), "", "a.example.com", dataplane.Listener{Name: "tls", Port: 443, TLS: true}, ""},
		{"one for namespaces with our labels", list(admin[0], listener("ours", 81, "HTTP", from("Selector"))), "", "a.example.com", dataplane.Listener{Name: "ours", Port: 81}, ""},
		{"a given section, whatever the others admit", admin, "admin", "a.example.com", dataplane.Listener{Name: "admin", Port: 80},
			"no listener of " + gw + " for host a.example.com admits HTTPRoutes of namespace shop: change spec.listeners[admin].allowedRoutes.namespaces, which is from: Same"},
		{"none that admits our namespace", admin[:1], "", "a.example.com", dataplane.Listener{Name: "admin", Port: 80},
			"no listener of " + gw + " for host a.example.com admits HTTPRoutes of namespace shop: change spec.listeners[admin].allowedRoutes.namespaces, which is from: Same"},
		{"none that admits our kind", list(listener("grpc", 80, "HTTP", onlyGRPC)), "", "a.example.com", dataplane.Listener{Name: "grpc", Port: 80},
			"no listener of " + gw + " for host a.example.com admits HTTPRoutes: add kind HTTPRoute to spec.listeners[grpc].allowedRoutes.kinds"},
		{"of two wrongs, one that has the host", list(hosts[0], listener("admin", 81, "HTTP", from("None"))), "", "a.example.org", dataplane.Listener{Name: "admin", Port: 81},
			"no listener of " + gw + " for host a.example.org admits HTTPRoutes of namespace shop: change spec.listeners[admin].allowedRoutes.namespaces, which is from: None"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, refusal := dataplane.Attachment{Gateway: gatewayWith(test.listeners...), Section: test.section, Tenant: shop}.ListenerFor(test.host)
			if got != test.want || refusal != test.refusal {
				t.Errorf("ListenerFor() = %+v, %q, want %+v, %q", got, refusal, test.want, test.refusal)
			}
		})
	}
	theirs := gatewayWith(listener("theirs", 80, "HTTP", from("Selector")))
	_, refusal := dataplane.Attachment{Gateway: theirs, Tenant: dataplane.Tenant{Namespace: "bank"}}.ListenerFor("a.example.com")
	if want := "no listener of " + gw + ` for host a.example.com admits HTTPRoutes of namespace bank: change spec.listeners[theirs].allowedRoutes.namespaces, which is from: Selector "team=shop"`; refusal != want {
		t.Errorf("Refusal %q, want %q", refusal, want)
	}
}

// TestListenerAtPort: B-RDY-9, B-TRN-8, where clients come to a port that is known, the listener there
// is meant; when it does not take the route, that is what to change.
func TestListenerAtPort(t *testing.T) {
	admin, web, apps := listener("admin", 80, "HTTP", silent), listener("web", 80, "HTTP"), listener("apps", 8080, "HTTP")
	const begin = "callers in the cluster come to port 80 of Gateway gateways/blue, where listener "
	tests := []struct {
		name      string
		listeners []gatewayv1.Listener
		section   string
		want      dataplane.Listener
		refusal   string
	}{
		{"it takes the route", []gatewayv1.Listener{apps, web}, "", dataplane.Listener{Name: "web", Port: 80}, ""},
		{"it does not", []gatewayv1.Listener{admin, apps}, "", dataplane.Listener{Name: "apps", Port: 8080},
			begin + "admin listens, and the route is attached to listener apps: change spec.listeners[admin].allowedRoutes or hostname"},
		{"another one is configured", []gatewayv1.Listener{web, apps}, "apps", dataplane.Listener{Name: "apps", Port: 8080},
			begin + "web listens, and the route is attached to listener apps: change `http-listener-name`"},
		{"no listener has the port: the Service decides", []gatewayv1.Listener{apps}, "", dataplane.Listener{Name: "apps", Port: 8080}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, refusal := dataplane.Attachment{Gateway: gatewayWith(test.listeners...), Section: test.section, Tenant: shop, Port: 80}.ListenerFor("a.example.com")
			if got != test.want || refusal != test.refusal {
				t.Errorf("ListenerFor() = %+v, %q, want %+v, %q", got, refusal, test.want, test.refusal)
			}
		})
	}
}

// TestHTTPListeners: B-TRN-8, B-TLS-2, redirects use only listeners that admit us; where none does
// they stay where they are, for the gateway to say why.
func TestHTTPListeners(t *testing.T) {
	gw := gatewayWith(
		listener("admin", 80, "HTTP", silent), listener("apps", 8080, "HTTP"), listener("tls", 443, "HTTPS"),
		listener("grpc", 81, "HTTP", onlyGRPC), listener("ours", 82, "HTTP", from("Selector")),
	)
	tests := []struct {
		name, section string
		tenant        dataplane.Tenant
		want          []string
	}{
		{"those that admit us", "", shop, []string{"apps", "ours"}},
		{"another namespace", "", dataplane.Tenant{Namespace: "bank"}, []string{"apps"}},
		{"the Gateway's own", "", dataplane.Tenant{Namespace: "gateways"}, []string{"admin", "apps"}},
		{"a given section", "apps", shop, []string{"apps"}},
		{"a given section that does not admit us", "admin", shop, []string{"admin"}},
		{"a section of HTTPS", "tls", shop, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := dataplane.Attachment{Gateway: gw, Section: test.section, Tenant: test.tenant}.HTTPListeners()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	gw.Spec.Listeners = gw.Spec.Listeners[:1]
	if diff := cmp.Diff([]string{"admin"}, dataplane.Attachment{Gateway: gw, Tenant: shop}.HTTPListeners()); diff != "" {
		t.Error("None admits us:", diff)
	}
}
