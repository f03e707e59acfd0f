// SPDX-License-Identifier: Apache-2.0

package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
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
	found, served := map[v1alpha1.IngressVisibility]certificates{}, map[v1alpha1.IngressVisibility]sets.Set[string]{}
	for _, visibility := range visibilities {
		found[visibility], served[visibility] = certificates{}, servedHosts(in, visibility)
	}
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
			hosts = sets.List(served[v1alpha1.IngressVisibilityExternalIP])
		}
		for _, host := range hosts {
			used := false
			for _, visibility := range visibilities {
				if !slices.ContainsFunc(served[visibility].UnsortedList(), func(other string) bool { return covered(host, other) }) {
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

// servedHosts are the hosts that the KIngress has at a visibility and that no other keeps.
func servedHosts(in Input, visibility v1alpha1.IngressVisibility) sets.Set[string] {
	found := sets.New[string]()
	for _, rule := range in.Ingress.Spec.Rules {
		if Visibility(rule) != visibility {
			continue
		}
		for _, host := range possibleHosts(rule.Hosts, "", &report{}) { // reported with the rule
			if !in.Lost.Has(HostAt{Visibility: visibility, Host: host}) {
				found.Insert(host)
			}
		}
	}
	return found
}

// covered tells whether a listener's hostname admits a host; a wildcard admits any number
// of labels before its suffix.
func covered(hostname, host string) bool {
	suffix, wildcard := strings.CutPrefix(hostname, "*")
	return hostname == host || wildcard && strings.HasSuffix(host, suffix) && len(host) > len(suffix)
}

// of is the hostname of the listener that has the certificate of a host: the most
// specific one.
func (c certificates) of(host string) (string, bool) {
	hostnames := slices.DeleteFunc(slices.Sorted(maps.Keys(c)), func(hostname string) bool { return !covered(hostname, host) })
	if len(hostnames) == 0 {
		return "", false
	}
	return slices.MaxFunc(hostnames, func(a, b string) int { return specificity(a) - specificity(b) }), true
}

// specificity orders the hostnames of listeners that admit one host.
func specificity(hostname string) int {
	if hostname == "" || strings.HasPrefix(hostname, "*") {
		return len(hostname)
	}
	return len(hostname) + 1 // a host of one more letter than the wildcard's suffix
}

// readHTTPS finds the listeners that the hosts of each visibility need, or says why there
// are none.
func readHTTPS(in Input, report *report) map[v1alpha1.IngressVisibility]*listeners {
	all := map[v1alpha1.IngressVisibility]*listeners{}
	certificates := readTLS(in, report)
	for _, visibility := range visibilities {
		gateway, selected := in.Gateways[visibility]
		found := &listeners{in: in, visibility: visibility, gateway: gateway, certificates: certificates[visibility], named: maps.Clone(certificates[visibility]), awaited: sets.New[string](), unlisted: map[place]time.Time{}, unshared: map[string]bool{}}
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
