// SPDX-License-Identifier: Apache-2.0

package listeners

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// certificates are names of Secrets, by the hostname of the listener that has the certificate. Each host
// of spec.tls gets a listener, wildcards included. The controller reads no Secrets, so it does not know
// the names in a certificate: only a wildcard in spec.tls makes one listener for several hosts.
//
// If the certificates of two listeners of one port have a name in common, Envoy Gateway 1.9 offers only
// HTTP/1.1 on both, whatever their hostnames are (internal/gatewayapi/listener.go,
// checkOverlappingCertificates).
type certificates map[string]string

// readTLS finds the certificates of the hosts that are served, by visibility. It reports the entries of
// spec.tls that have no use.
func readTLS(in input.Input) (map[v1alpha1.IngressVisibility]certificates, conditions.Report) {
	report := conditions.Report{}
	if len(in.Ingress.Spec.TLS) == 0 {
		return nil, report
	}
	found, served := map[v1alpha1.IngressVisibility]certificates{}, map[v1alpha1.IngressVisibility]*hostSet{}
	for _, visibility := range config.Visibilities {
		found[visibility], served[visibility] = certificates{}, &hostSet{Set: rules.ServedHosts(in, visibility)}
	}
	forAll := ""
	for i, tls := range in.Ingress.Spec.TLS {
		field := fmt.Sprintf("spec.tls[%d]", i)
		switch {
		case tls.SecretNamespace != "" && tls.SecretNamespace != in.Ingress.Namespace:
			report.Refuse(*conditions.Unsupported(field+".secretNamespace", "Secret %s/%s is not in the namespace of the KIngress: copy it to namespace %s",
				tls.SecretNamespace, tls.SecretName, in.Ingress.Namespace))
			continue
		case len(validation.IsDNS1123Subdomain(tls.SecretName)) > 0:
			report.Refuse(*conditions.Unsupported(field+".secretName", "%q is not the name of a Secret", tls.SecretName))
			continue
		}
		hosts := rules.PossibleHosts(tls.Hosts, field, &report)
		if len(tls.Hosts) == 0 {
			if forAll != "" {
				if forAll != tls.SecretName {
					report.AddGap(conditions.Gap{Field: field + ".hosts", Detail: fmt.Sprintf("all hosts have Secret %s already", forAll)})
				}
				continue
			}
			hosts, forAll = sets.List(served[v1alpha1.IngressVisibilityExternalIP].Set), tls.SecretName
		}
		for _, host := range hosts {
			used := false
			for _, visibility := range config.Visibilities {
				if !served[visibility].reached(host) {
					continue
				}
				used = true
				if known := found[visibility][host]; known != "" && known != tls.SecretName {
					report.AddGap(conditions.Gap{Field: field + ".hosts", Detail: fmt.Sprintf("host %s has Secret %s already", host, known)})
					continue
				}
				found[visibility][host] = tls.SecretName
			}
			if !used {
				report.AddGap(conditions.Gap{Field: field + ".hosts", Detail: fmt.Sprintf("no rule has host %q", host)})
			}
		}
	}
	return found, report
}

// of is the most specific hostname with a certificate that admits a host.
func (c certificates) of(host string) (string, bool) {
	if len(c) > 0 {
		for hostname := range admitting(host) {
			if _, found := c[hostname]; found {
				return hostname, true
			}
		}
	}
	return "", false
}
