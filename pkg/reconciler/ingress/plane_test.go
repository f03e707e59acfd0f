// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/prober/fakenet"
)

// pods numbers the pods of data planes, so that no two in a test have one address.
var pods atomic.Uint32

// A pod of a data plane listens on these ports.
const httpPort, httpsPort = 10080, 10443

// plane is a data plane: a pod that serves the HTTPRoutes of its world, over HTTP and HTTPS.
type plane struct {
	*httptest.Server
	listeners []*fakenet.Listener
	world     atomic.Pointer[world]
	deaf      atomic.Bool                      // knows no routes
	broken    atomic.Pointer[sets.Set[string]] // backends that cannot be reached
	// stands are the routes that it serves whatever is written; nil for those that are stored.
	stands atomic.Pointer[map[string]*gatewayv1.HTTPRoute]
	// guarded: an auth proxy in front asks for credentials.
	guarded atomic.Bool
	down    sync.Map // hosts whose backends cannot be reached
	names   sync.Map // the SNI of requests through TLS
}

func newPlane(t *testing.T) *plane {
	t.Helper()
	p := &plane{}
	p.broken.Store(&sets.Set[string]{})
	number := pods.Add(1)
	ip := net.IPv4(10, 1, byte(number>>8), byte(number))
	server := func(port int) *httptest.Server {
		l := fakenet.Listen(&net.TCPAddr{IP: ip, Port: port})
		p.listeners = append(p.listeners, l)
		return &httptest.Server{Listener: l, Config: &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0)}}
	}
	secure := server(httpsPort)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	p.Server = server(httpPort)
	p.Start()
	t.Cleanup(p.Close)
	return p
}

func (p *plane) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	w := p.world.Load()
	if request.TLS != nil {
		p.names.Store(request.TLS.ServerName, true)
	}
	if p.guarded.Load() {
		response.WriteHeader(http.StatusForbidden)
		return
	}
	if w == nil || p.deaf.Load() {
		response.WriteHeader(http.StatusNotFound)
		return
	}
	routes := w.routes()
	if stands := p.stands.Load(); stands != nil {
		routes = *stands
	}
	serving := []gatewayv1.HTTPRouteRule{}
	for _, route := range routes {
		attached := slices.ContainsFunc(route.Spec.ParentRefs, func(ref gatewayv1.ParentReference) bool { return w.listens(ref, request) })
		if _, down := p.down.Load(request.Host); down {
			response.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if attached && slices.Contains(route.Spec.Hostnames, gatewayv1.Hostname(request.Host)) {
			serving = append(serving, route.Spec.Rules...)
		}
	}
	if len(serving) == 0 {
		response.WriteHeader(http.StatusNotFound)
		return
	}
	p.answer(response, ruleAmong(serving, request))
}

// listens tells whether a parent has listeners, for TLS or for plain HTTP, that admit the host of a
// request.
func (w *world) listens(ref gatewayv1.ParentReference, request *http.Request) bool {
	tls := request.TLS != nil
	stored, err := w.gateways.Get(gateways, "gateways", string(ref.Name))
	if dataplane.IsListenerSet(ref) || err != nil {
		return tls && dataplane.IsListenerSet(ref)
	}
	return slices.ContainsFunc(stored.(*gatewayv1.Gateway).Spec.Listeners, func(listener gatewayv1.Listener) bool {
		return (listener.Protocol == gatewayv1.HTTPSProtocolType) == tls && (ref.SectionName == nil || *ref.SectionName == listener.Name) &&
			dataplane.Admits(dataplane.HostnameOf(listener), request.Host)
	})
}

// ruleAmong is the rule with the longest path that matches the request.
func ruleAmong(rules []gatewayv1.HTTPRouteRule, request *http.Request) gatewayv1.HTTPRouteRule {
	found, length := gatewayv1.HTTPRouteRule{}, 0
	for _, rule := range rules {
		match := rule.Matches[0]
		met := strings.HasPrefix(request.URL.Path, *match.Path.Value)
		for _, header := range match.Headers {
			met = met && request.Header.Get(string(header.Name)) == header.Value
		}
		if weight := len(*match.Path.Value)*100 + len(match.Headers); met && weight > length {
			found, length = rule, weight
		}
	}
	return found
}

// answer is the answer of a backend with Knative's probe handler, through the rule's filters.
func (p *plane) answer(response http.ResponseWriter, rule gatewayv1.HTTPRouteRule) {
	if len(rule.BackendRefs) == 0 || p.broken.Load().Has(string(rule.BackendRefs[0].Name)) {
		response.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	for _, filter := range rule.Filters {
		for _, modifier := range []*gatewayv1.HTTPHeaderFilter{filter.RequestHeaderModifier, filter.ResponseHeaderModifier} {
			if modifier != nil {
				for _, header := range modifier.Set {
					response.Header().Set(string(header.Name), header.Value)
				}
			}
		}
	}
}

// breaks makes backends unreachable, and all others reachable.
func (p *plane) breaks(backends ...string) {
	broken := sets.New(backends...)
	p.broken.Store(&broken)
}

// serves connects a data plane with the world whose routes it serves.
func (p *plane) serves(w *world) *world {
	p.world.Store(w)
	w.network.Add(p.listeners...)
	return w
}
