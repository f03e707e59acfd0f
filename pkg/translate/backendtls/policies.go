// SPDX-License-Identifier: Apache-2.0

package backendtls

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	knativecerts "knative.dev/networking/pkg/certificates"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gwfeatures "sigs.k8s.io/gateway-api/pkg/features"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/keys"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/names"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

const (
	// Label is on the objects that make gateways use TLS to Knative's own backends.
	Label = keys.Prefix + "internal-tls"
	// TrustName is the name of the ConfigMap in each namespace with the authorities that its policies
	// trust.
	TrustName = "net-gateways-internal-tls"

	policySuffix = "-internal-tls"
)

// commonName is a name in the certificates of all of Knative's own backends. They have other names
// besides, which knative.dev/networking defines: one for activator, and one for the queue-proxies of a
// namespace.
const commonName = knativecerts.LegacyFakeDnsName

// Secured is what TLS to the backends of rules takes.
type Secured struct {
	// Policies are the BackendTLSPolicies, by name.
	Policies map[string]*gatewayv1.BackendTLSPolicy
	// Impossible tells that a backend cannot be reached over TLS. Without a policy, a gateway would send
	// its requests in the clear.
	Impossible bool
	Report     conditions.Report
}

// Secure finds the policies that the rules of a set need.
func Secure(in input.Input, set rules.RuleSet, gateway input.Gateway) Secured {
	found := Secured{Policies: map[string]*gatewayv1.BackendTLSPolicy{}}
	for _, rule := range set.Rules {
		for _, backend := range rule.Backends {
			if !backend.Secured() {
				continue
			}
			if refusal := insecure(in, backend, gateway); refusal != nil {
				found.Report.Refuse(*refusal)
				found.Impossible = true
				continue
			}
			found.add(in, backend, gateway)
		}
	}
	return found
}

// Objects are the policies, sorted by name, and the ConfigMap with the authorities that they trust; nil
// if there are no policies.
func Objects(in input.Input, policies map[string]*gatewayv1.BackendTLSPolicy) (sorted []*gatewayv1.BackendTLSPolicy, trust *corev1.ConfigMap) {
	if len(policies) == 0 {
		return nil, nil
	}
	for _, name := range slices.Sorted(maps.Keys(policies)) {
		sorted = append(sorted, policies[name])
	}
	return sorted, bundle(in)
}

// insecure says why a backend cannot be reached over TLS, and who can change that; nil if it can.
func insecure(in input.Input, backend rules.Backend, gateway input.Gateway) *conditions.Refusal {
	trust, service := in.Trust, in.Services[backend.Service]
	_, found := rules.ServicePort(service, backend.Port)
	refusal := &conditions.Refusal{Field: backend.Field + ".servicePort", Code: conditions.ReasonUnsupported}
	wanted := fmt.Sprintf("Service %s is to be reached over TLS (system-internal-tls in ConfigMap config-network), but ", backend.Service)
	switch {
	case backend.Service.Namespace != in.Ingress.Namespace:
		refusal.Detail = wanted + "it is not in the namespace of the KIngress, and the controller writes no BackendTLSPolicy in another one"
	case !gateway.Features.Has(gwfeatures.SupportBackendTLSPolicy):
		refusal.Detail = wanted + fmt.Sprintf("Gateway %s is not known to support %s: name it in `supported-features` of its entry if it does, or choose another Gateway",
			gateway.Name, gwfeatures.SupportBackendTLSPolicy)
	case trust.NoPolicies != "":
		refusal.Detail = wanted + trust.NoPolicies
	case authorities(trust) == "":
		refusal.Code, refusal.Wait, refusal.Detail = conditions.ReasonRefsNotResolved, true, wanted+trust.Missing
	case service == nil:
		refusal.Code, refusal.Wait, refusal.Detail = conditions.ReasonRefsNotResolved, true, wanted+"it does not exist"
	case !found:
		refusal.Code, refusal.Wait, refusal.Detail = conditions.ReasonRefsNotResolved, true, wanted+fmt.Sprintf("it has no port %s", &backend.Port)
	default:
		return nil
	}
	return refusal
}

// add adds the policy of a backend, and the gaps that it has.
func (s *Secured) add(in input.Input, backend rules.Backend, gateway input.Gateway) {
	service := in.Services[backend.Service]
	port, _ := rules.ServicePort(service, backend.Port)
	policy := backendTLSPolicy(service, port.Name)
	s.Policies[policy.Name] = policy
	if !gateway.Features.Has(gwfeatures.SupportBackendTLSPolicySANValidation) {
		s.Report.AddGap(conditions.Gap{Field: backend.Field + ".servicePort", Feature: gwfeatures.SupportBackendTLSPolicySANValidation,
			Detail: fmt.Sprintf("certificates are checked for the name %s, which the backends of all namespaces have", commonName)})
	}
	if port.AppProtocol == nil && slices.ContainsFunc(service.Spec.Ports, rules.SpeaksHTTP2) {
		s.Report.AddGap(conditions.Gap{Field: fmt.Sprintf("%s (port %d of Service %s)", backend.Field, port.Port, backend.Service),
			Detail: "the port has no appProtocol, though another one of the Service speaks HTTP/2: over TLS the gateway chooses the version of HTTP"})
	}
	for _, problem := range in.Trust.Problems {
		s.Report.AddGap(problem)
	}
}

// backendTLSPolicy makes gateways use TLS to one port of a Service, and to no other. All KIngresses with
// this backend want the same policy, whatever their Gateways are, so the Service owns it.
//
// hostname is the SNI of the gateway's requests. A gateway that does not know subjectAltNames checks it
// instead, so it is the name that both certificates have.
func backendTLSPolicy(service *corev1.Service, port string) *gatewayv1.BackendTLSPolicy {
	object := &gatewayv1.BackendTLSPolicy{ObjectMeta: internalMeta(service, "Service")}
	object.Namespace, object.Name = service.Namespace, names.Shorten(service.Name, policySuffix)
	target := gatewayv1.LocalPolicyTargetReferenceWithSectionName{}
	target.Kind, target.Name = "Service", gatewayv1.ObjectName(service.Name)
	if port != "" {
		target.SectionName = new(gatewayv1.SectionName(port))
	}
	object.Spec = gatewayv1.BackendTLSPolicySpec{
		TargetRefs: []gatewayv1.LocalPolicyTargetReferenceWithSectionName{target},
		Validation: gatewayv1.BackendTLSPolicyValidation{
			CACertificateRefs: []gatewayv1.LocalObjectReference{{Kind: "ConfigMap", Name: TrustName}},
			Hostname:          commonName,
			SubjectAltNames: []gatewayv1.SubjectAltName{
				{Type: gatewayv1.HostnameSubjectAltNameType, Hostname: knativecerts.DataPlaneRoutingSAN},
				{Type: gatewayv1.HostnameSubjectAltNameType, Hostname: gatewayv1.Hostname(knativecerts.DataPlaneUserSAN(service.Namespace))},
			},
		},
	}
	return object
}

// bundle is the ConfigMap that all policies of a namespace trust.
func bundle(in input.Input) *corev1.ConfigMap {
	object := &corev1.ConfigMap{ObjectMeta: internalMeta(in.Namespace, "Namespace")}
	object.Namespace, object.Name = in.Namespace.GetName(), TrustName
	object.Data = map[string]string{knativecerts.CaCertName: authorities(in.Trust)}
	return object
}

// internalMeta is the metadata of an object that several KIngresses share: it has no labels and
// annotations of any of them. blockOwnerDeletion is left out, because it would take more rights.
func internalMeta(owner metav1.Object, kind string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Labels: map[string]string{Label: "true"},
		OwnerReferences: []metav1.OwnerReference{{
			APIVersion: corev1.SchemeGroupVersion.String(), Kind: kind, Name: owner.GetName(), UID: owner.GetUID(), Controller: new(true),
		}},
	}
}
