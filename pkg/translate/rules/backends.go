// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/pkg/network"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
)

// maxBackends is the Gateway API's limit for the backendRefs of one rule.
//
// More cannot be had by spreading. A gateway chooses the rule by the request alone:
// two rules with one match do not share its requests, the older one gets them all. So
// like requests meet one rule, and are split over what it references: 16 Services at
// most, with one set of headers each. A Service in front of several others would weigh
// them by their pods instead of percents, and lose their headers.
const maxBackends = 16

// maxWeight is the Gateway API's limit for the weight of one backend.
const maxWeight = 1_000_000

// Port names that Knative and Kubernetes users write for HTTP/2 without TLS. The
// Gateway API knows the Service's appProtocol only (GEP-1911).
var http2PortNames = sets.New("http2", "h2c", "grpc")

var http2Protocols = sets.New("kubernetes.io/h2c", "h2c", "grpc", "http2")

type backendContext struct {
	services map[types.NamespacedName]*corev1.Service
	gateway  input.Gateway
	report   *conditions.Report
}

// Resolve gives every backend its Service and port number. A rule of which a backend cannot be served has
// no backends afterwards: half a split would send the others more traffic than the KIngress asks for.
func Resolve(rules []Rule, services map[types.NamespacedName]*corev1.Service, gateway input.Gateway) ([]Rule, conditions.Report) {
	found := conditions.Report{}
	bc := backendContext{services: services, gateway: gateway, report: &found}
	left := slices.DeleteFunc(slices.Clone(rules), bc.isOver)
	if len(left) == 0 {
		left = slices.Clone(rules) // then a challenge is all that the hosts are for, and what it lacks is said
	}
	for i := range left {
		left[i].Backends = bc.resolveAll(left[i])
	}
	return left, found
}

// isOver tells that a rule is for an ACME challenge whose solver is deleted. The issuer deletes the
// solver's Service before Serving takes the path out of the KIngress. If that were reported, each renewal
// would make the service not Ready for a moment.
func (bc backendContext) isOver(rule Rule) bool {
	return rule.Challenge() && len(rule.Backends) == 1 && bc.services[rule.Backends[0].Service] == nil
}

func (bc backendContext) resolveAll(rule Rule) []Backend {
	list, complete := backendList{backends: make([]Backend, 0, len(rule.Backends))}, true
	for _, backend := range rule.Backends {
		target, ok := bc.resolve(backend)
		complete = complete && ok
		list.add(target)
	}
	backends := list.backends
	switch {
	case rule.Refused || !complete: // reported already
		return nil
	case len(backends) == 0:
		bc.report.AddGap(conditions.Gap{Field: rule.Field + ".splits", Detail: "no backend has a share of the traffic; it is answered 500"})
	case len(backends) > maxBackends:
		bc.report.Refuse(conditions.Refusal{Field: rule.Field + ".splits", Code: conditions.ReasonUnsupported,
			Detail: fmt.Sprintf("%d backends, an HTTPRoute rule holds %d different ones at most", len(backends), maxBackends)})
		return nil
	}
	return backends
}

// backendList adds up the weights of a backend that is added twice with the same headers.
type backendList struct {
	backends []Backend
	// further has the backends after the first maxBackends. A rule with such backends is refused; they are
	// only counted.
	further map[string]int
}

func (l *backendList) add(added Backend) {
	for i, known := range l.backends[:min(len(l.backends), maxBackends)] {
		if known.Service == added.Service && known.Port == added.Port && slices.Equal(known.Set, added.Set) &&
			known.Modify == added.Modify && known.Unresolved == added.Unresolved && known.Weight+added.Weight <= maxWeight {
			l.backends[i].Weight += added.Weight
			return
		}
	}
	if len(l.backends) >= maxBackends {
		if l.further == nil {
			l.further = map[string]int{}
		}
		key := fmt.Sprint(added.Service, added.Port, added.Set)
		if i, known := l.further[key]; known && l.backends[i].Weight+added.Weight <= maxWeight {
			l.backends[i].Weight += added.Weight
			return
		}
		l.further[key] = len(l.backends)
	}
	l.backends = append(l.backends, added)
}

// resolve follows an ExternalName to the Service that it names, finds the number of a named port, and
// reports protocols that the gateway will not use.
func (bc backendContext) resolve(backend Backend) (Backend, bool) {
	if backend.Unresolved != nil {
		return backend, true // which is reported already
	}
	named, service := backend.Service, bc.services[backend.Service]
	if service != nil && service.Spec.Type == corev1.ServiceTypeExternalName {
		if target, ok := clusterService(service.Spec.ExternalName); ok {
			backend.Service = target
			service = bc.services[target]
		} else {
			bc.report.AddGap(conditions.Gap{Field: backend.Field + ".serviceName", Detail: fmt.Sprintf(
				"Service %s is an ExternalName for %s, which gateways need not support as a backend", backend.Service, service.Spec.ExternalName)})
		}
	}
	port, found := ServicePort(service, backend.Port)
	if backend.Port.Type == intstr.String {
		if !found {
			bc.report.Refuse(missingPort(backend, service, named != backend.Service))
			return backend, false
		}
		backend.Port = intstr.FromInt32(port.Port)
	}
	if found {
		bc.noteProtocol(backend, port)
	}
	return backend, true
}

// missingPort says why a named port has no number. The controller may not read the Service to which an
// ExternalName leads.
func missingPort(backend Backend, service *corev1.Service, external bool) conditions.Refusal {
	refusal := conditions.Refusal{Field: backend.Field + ".servicePort", Code: conditions.ReasonRefsNotResolved, Wait: true}
	switch {
	case service != nil:
		refusal.Detail = fmt.Sprintf("Service %s has no port named %q", backend.Service, backend.Port.StrVal)
	case external:
		refusal.Detail = fmt.Sprintf("an ExternalName leads to Service %s: give the number of its port instead of the name %q", backend.Service, backend.Port.StrVal)
	default:
		refusal.Field, refusal.Detail = backend.Field+".serviceName", fmt.Sprintf("Service %s does not exist", backend.Service)
	}
	return refusal
}

func (bc backendContext) noteProtocol(backend Backend, port corev1.ServicePort) {
	gap := conditions.Gap{}
	switch {
	case port.AppProtocol == nil && http2PortNames.Has(port.Name):
		gap.Detail = fmt.Sprintf("the port's name %q does not make a gateway speak HTTP/2: set appProtocol: kubernetes.io/h2c", port.Name)
	case port.AppProtocol != nil && http2Protocols.Has(*port.AppProtocol) && !bc.gateway.Features.Has(gwfeatures.SupportHTTPRouteBackendProtocolH2C):
		gap.Feature, gap.Detail = gwfeatures.SupportHTTPRouteBackendProtocolH2C, "HTTP/2 to the backend is not spoken"
	default:
		return
	}
	gap.Field = fmt.Sprintf("%s (port %d of Service %s)", backend.Field, port.Port, backend.Service)
	bc.report.AddGap(gap)
}

// ServicePort finds the port of a Service, by number or by name.
func ServicePort(service *corev1.Service, port intstr.IntOrString) (corev1.ServicePort, bool) {
	if service == nil {
		return corev1.ServicePort{}, false
	}
	at := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool {
		if port.Type == intstr.String {
			return p.Name == port.StrVal
		}
		return p.Port == port.IntVal
	})
	if at < 0 {
		return corev1.ServicePort{}, false
	}
	return service.Spec.Ports[at], true
}

// clusterService is the Service of a cluster-internal DNS name.
func clusterService(host string) (types.NamespacedName, bool) {
	name, inCluster := strings.CutSuffix(strings.TrimSuffix(host, "."), ".svc."+network.GetClusterDomainName())
	parts := strings.Split(name, ".")
	if !inCluster || len(parts) != 2 {
		return types.NamespacedName{}, false
	}
	return types.NamespacedName{Namespace: parts[1], Name: parts[0]}, true
}

// SpeaksHTTP2 tells whether the port of a Service has HTTP/2 as its appProtocol.
func SpeaksHTTP2(port corev1.ServicePort) bool {
	return port.AppProtocol != nil && http2Protocols.Has(*port.AppProtocol)
}
