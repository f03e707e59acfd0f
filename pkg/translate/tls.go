// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"fmt"
	"maps"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// HTTPS says how a Gateway takes listeners for hosts that have a certificate.
type HTTPS struct {
	// Port is that of the listeners.
	Port int32
	// Refusal says which field of the Gateway keeps ListenerSets out; empty when none does.
	Refusal string
	// Conflict says which listener of the Gateway speaks another protocol on Port; empty when none does.
	Conflict string
}

// certificates are the Secrets that spec.tls names, by the host of their listener: one
// listener a host that spec.tls spells out, wildcards included. A listener has one
// hostname, and what names stand in a certificate nobody tells us, for we read no
// Secrets: only a wildcard in spec.tls makes one listener of several hosts.
//
// Listeners of one port whose certificates share a name cost HTTP/2 on Envoy Gateway 1.9,
// whatever their hostnames are (internal/gatewayapi/listener.go,
// checkOverlappingCertificates): it offers HTTP/1.1 alone on all of them.
type certificates map[string]string

// readTLS finds the certificates of the hosts that are served, by their visibility. What
// is not used is reported.
func readTLS(in Input, report *report) map[v1alpha1.IngressVisibility]certificates {
	found, served := map[v1alpha1.IngressVisibility]certificates{}, map[v1alpha1.IngressVisibility]*hostSet{}
	for _, visibility := range visibilities {
		if found[visibility] = (certificates{}); len(in.Ingress.Spec.TLS) > 0 {
			served[visibility] = servedHosts(in, visibility)
		}
	}
	forAll := ""
	for i, tls := range in.Ingress.Spec.TLS {
		field := fmt.Sprintf("spec.tls[%d]", i)
		switch {
		case tls.SecretNamespace != "" && tls.SecretNamespace != in.Ingress.Namespace:
			report.refuse(*unsupported(field+".secretNamespace", "Secret %s/%s is not in the namespace of the KIngress: copy it to %s",
				tls.SecretNamespace, tls.SecretName, in.Ingress.Namespace))
			continue
		case len(validation.IsDNS1123Subdomain(tls.SecretName)) > 0:
			report.refuse(*unsupported(field+".secretName", "%q is not the name of a Secret", tls.SecretName))
			continue
		}
		hosts := possibleHosts(tls.Hosts, field, report)
		if len(tls.Hosts) == 0 {
			if forAll != "" {
				if forAll != tls.SecretName {
					report.gap(Gap{Field: field + ".hosts", Detail: fmt.Sprintf("all hosts have Secret %s already", forAll)})
				}
				continue
			}
			hosts, forAll = sets.List(served[v1alpha1.IngressVisibilityExternalIP].Set), tls.SecretName
		}
		for _, host := range hosts {
			used := false
			for _, visibility := range visibilities {
				if !served[visibility].reached(host) {
					continue
				}
				used = true
				if known := found[visibility][host]; known != "" && known != tls.SecretName {
					report.gap(Gap{Field: field + ".hosts", Detail: fmt.Sprintf("host %s has Secret %s already", host, known)})
					continue
				}
				found[visibility][host] = tls.SecretName
			}
			if !used {
				report.gap(Gap{Field: field + ".hosts", Detail: fmt.Sprintf("no rule has host %q", host)})
			}
		}
	}
	return found
}

// of is the hostname of the listener that has the certificate of a host: the most
// specific one.
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

// readHTTPS finds the listeners that the hosts of each visibility need, or says why there
// are none.
func readHTTPS(in Input, report *report) map[v1alpha1.IngressVisibility]*listeners {
	all := map[v1alpha1.IngressVisibility]*listeners{}
	certificates := readTLS(in, report)
	for _, visibility := range visibilities {
		gateway, selected := in.Gateways[visibility]
		found := &listeners{in: in, visibility: visibility, gateway: gateway, certificates: certificates[visibility], named: maps.Clone(certificates[visibility]), refused: sets.New[string](), unlisted: map[place]time.Time{}, unshared: map[string]bool{}}
		if other := all[visibilities[0]]; other != nil && other.gateway.Name == gateway.Name {
			found.beside = other.sets
		}
		if selected {
			found.drop(gateway.HTTPS.Conflict, report)
			found.placeOnGateway(report)
			found.drop(gateway.HTTPS.Refusal, report)
			found.place(report)
		} else {
			found.certificates = nil
		}
		all[visibility] = found
	}
	return all
}

// gatewayBehind is the Gateway that a parentRef leads to, through a ListenerSet of the
// KIngress where it names one; empty when nobody knows.
func gatewayBehind(ref gatewayv1.ParentReference, namespace string, known map[string]*gatewayv1.ListenerSet) string {
	if !isListenerSet(ref) {
		return gatewayOf(ref, namespace)
	}
	set := known[string(ref.Name)]
	if set == nil {
		return ""
	}
	parent := gatewayv1.ParentReference{Namespace: set.Spec.ParentRef.Namespace, Name: set.Spec.ParentRef.Name}
	return gatewayOf(parent, namespace)
}

func isListenerSet(ref gatewayv1.ParentReference) bool {
	return ref.Kind != nil && *ref.Kind == listenerSetKind
}
