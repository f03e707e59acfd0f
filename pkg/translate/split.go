// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// split gives each host that has a wildcard's certificate a listener of its own, where the Gateway
// has one with that hostname for somebody else: of two namespaces with certificates for one parent
// domain neither costs the other its HTTPS. The wildcard itself cannot be served then.
func (l *listeners) split(hostname, why string, report *report) {
	secret, hosts := l.certificates[hostname], []string{}
	for _, host := range sets.List(l.served().Set) {
		if of, found := l.certificates.of(host); found && of == hostname {
			hosts = append(hosts, host)
		}
	}
	delete(l.certificates, hostname)
	for _, host := range hosts {
		if host == hostname {
			report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("HTTPS is not served for host %s: %s", host, why)})
			continue
		}
		l.certificates[host] = secret
	}
}

// splitForOthers splits the wildcards for which the Gateway has a listener that does not admit us.
func (l *listeners) splitForOthers(report *report) {
	for _, listener := range l.standing.Listeners {
		hostname := hostnameOf(listener)
		if !strings.HasPrefix(hostname, "*") || l.certificates[hostname] == "" || !l.isTaken(listener) || l.standing.Usable.Has(listener.Name) {
			continue
		}
		why := fmt.Sprintf("listener %s in spec.listeners of Gateway %s has hostname %s and does not admit HTTPRoutes of namespace %s",
			listener.Name, l.gateway.Name, hostname, l.in.Ingress.Namespace)
		report.gap(Gap{Field: "spec.tls", Detail: fmt.Sprintf("Secret %s has a listener for each host, which may cost HTTP/2: %s", l.certificates[hostname], why)})
		l.split(hostname, why, report)
	}
}

// isTaken tells whether a listener of the Gateway is somebody else's and has its hostname at the port
// of ours.
func (l *listeners) isTaken(listener gatewayv1.Listener) bool {
	return listener.Protocol == gatewayv1.HTTPSProtocolType && listener.Port == l.gateway.HTTPS.Port && !l.standing.Held.Has(listener.Name)
}
