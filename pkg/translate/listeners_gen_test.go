// SPDX-License-Identifier: Apache-2.0

package translate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apimachinery/pkg/util/validation"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"pgregory.net/rapid"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate"
	"github.com/net-gateways/net-gateways/pkg/translate/input"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// withListeners adds the listeners that other owners and earlier translations may have written:
// KIngresses that share Secrets, listeners on Gateways, and the ListenerSets of an earlier state of the
// KIngress, with random conditions.
func withListeners(t *rapid.T, in input.Input) input.Input {
	in.Move = input.Move{Now: now, Drain: time.Minute}
	if rapid.Bool().Draw(t, "one Gateway") {
		in.Gateways[config.Visibilities[1]] = in.Gateways[config.Visibilities[0]]
	}
	in.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{}
	for i := range rapid.SampledFrom([]int{0, 0, 1, 2, listeners.MaxOwners + 1}).Draw(t, "sharers") {
		sharer := ingressGen(fmt.Sprintf("sharer-%d", i), someHosts).Draw(t, "sharer")
		for _, visibility := range config.Visibilities {
			in.Sharers[visibility] = append(in.Sharers[visibility], sharer)
		}
	}
	in.AvailableListeners = map[types.NamespacedName]dataplane.AvailableListeners{}
	for _, gateway := range in.Gateways {
		in.AvailableListeners[gateway.Name] = availableGen().Draw(t, "available")
	}
	for range rapid.IntRange(0, 2).Draw(t, "earlier") {
		earlier := in
		earlier.Ingress = ingressGen("random", someHosts).Draw(t, "earlier ingress")
		desired, err := translate.Ingress(earlier)
		if err != nil {
			t.Fatal(err)
		}
		in.ListenerSets = withStored(earlier, desired).ListenerSets
		for _, name := range slices.Sorted(maps.Keys(in.ListenerSets)) {
			said := rapid.SampledFrom([]string{"Programmed", "Conflicted", "Nothing"}).Draw(t, "status")
			for i := range in.ListenerSets[name].Status.Listeners {
				in.ListenerSets[name].Status.Listeners[i].Conditions[0].Type = said
			}
		}
		in.Move.Now = in.Move.Now.Add(rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour}).Draw(t, "later"))
	}
	return in
}

func availableGen() *rapid.Generator[dataplane.AvailableListeners] {
	return rapid.Custom(func(t *rapid.T) dataplane.AvailableListeners {
		available := dataplane.AvailableListeners{
			Held: sets.New[gatewayv1.SectionName](), Usable: sets.New[gatewayv1.SectionName](), Programmed: sets.New[gatewayv1.SectionName](),
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "listeners") {
			listener := gatewayv1.Listener{
				Name: gatewayv1.SectionName(fmt.Sprintf("l%d", i)), Port: rapid.SampledFrom([]int32{443, 443, 8443}).Draw(t, "port"), Protocol: gatewayv1.HTTPSProtocolType,
			}
			hostname := rapid.SampledFrom([]string{"", "*.example.com", "a.example.com", "*.com", "hello.default.svc.cluster.local"}).Draw(t, "hostname")
			if hostname != "" {
				listener.Hostname = new(gatewayv1.Hostname(hostname))
			}
			if rapid.Bool().Draw(t, "held") && hostname != "" {
				listener.Name += dataplane.ListenerSuffix
				available.Held.Insert(listener.Name)
			}
			for _, of := range []sets.Set[gatewayv1.SectionName]{available.Usable, available.Programmed} {
				if rapid.Bool().Draw(t, "says") {
					of.Insert(listener.Name)
				}
			}
			available.Listeners = append(available.Listeners, listener)
		}
		return available
	})
}

// soundListeners says what is wrong with the listeners that are wanted (B-TLS-1).
func soundListeners(in input.Input, desired translate.Desired) error {
	hostnames, names := map[string]sets.Set[string]{}, sets.New[string]()
	found := func(gateway string, hostname *gatewayv1.Hostname) {
		if hostnames[gateway] == nil {
			hostnames[gateway] = sets.New[string]()
		}
		if hostname != nil {
			hostnames[gateway].Insert(string(*hostname))
		}
	}
	for _, set := range desired.ListenerSets {
		if names.Has(set.Name) {
			return fmt.Errorf("two ListenerSets are named %s", set.Name)
		}
		names.Insert(set.Name)
		if len(set.OwnerReferences) == 0 {
			return fmt.Errorf("ListenerSet %s has no owner", set.Name)
		}
		if len(set.Spec.Listeners) == 0 || len(set.Spec.Listeners) > 64 {
			return fmt.Errorf("ListenerSet %s has %d listeners", set.Name, len(set.Spec.Listeners))
		}
		inSet := sets.New[string]()
		for _, listener := range set.Spec.Listeners {
			if inSet.Has(string(listener.Name)) {
				return fmt.Errorf("two listeners of ListenerSet %s are named %s", set.Name, listener.Name)
			}
			inSet.Insert(string(listener.Name))
			found(string(*set.Spec.ParentRef.Namespace)+"/"+string(set.Spec.ParentRef.Name), listener.Hostname)
		}
	}
	for _, gateway := range desired.Gateways {
		onGateway := sets.New[string]()
		for _, listener := range gateway.Listeners {
			if onGateway.Has(string(listener.Name)) {
				return fmt.Errorf("two listeners of Gateway %s are named %s", gateway.Gateway, listener.Name)
			}
			onGateway.Insert(string(listener.Name))
			found(gateway.Gateway.String(), listener.Hostname)
		}
	}
	for name, available := range in.AvailableListeners {
		for _, listener := range available.Listeners {
			if available.Usable.Has(listener.Name) {
				found(name.String(), listener.Hostname)
			}
		}
	}
	return unlistened(in, desired, hostnames)
}

// unlistened finds a host with a certificate that no listener of its Gateway admits, and that no gap
// names.
func unlistened(in input.Input, desired translate.Desired, hostnames map[string]sets.Set[string]) error {
	if slices.ContainsFunc(desired.Gaps, func(gap conditions.Gap) bool { return strings.HasPrefix(gap.Field, "spec.tls") }) {
		return nil
	}
	for _, tls := range in.Ingress.Spec.TLS {
		if tls.SecretNamespace != "" && tls.SecretNamespace != in.Ingress.Namespace || len(validation.IsDNS1123Subdomain(tls.SecretName)) > 0 {
			continue
		}
		for _, rule := range in.Ingress.Spec.Rules {
			gateway, selected := in.Gateways[rules.Visibility(rule)]
			for _, host := range rule.Hosts {
				lost := in.ConflictingHosts.Has(input.HostAt{Visibility: rules.Visibility(rule), Host: host})
				if !selected || lost || !slices.Contains(tls.Hosts, host) || len(validation.IsDNS1123Subdomain(strings.TrimPrefix(host, "*."))) > 0 {
					continue
				}
				if !slices.ContainsFunc(hostnames[gateway.Name.String()].UnsortedList(), func(hostname string) bool {
					return hostname == host || dataplane.Admits(hostname, host)
				}) {
					return fmt.Errorf("host %s has certificate %s and no listener on Gateway %s", host, tls.SecretName, gateway.Name)
				}
			}
		}
	}
	return nil
}

func copyOfSharers(sharers map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress) map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress {
	copied := maps.Clone(sharers)
	for visibility, list := range copied {
		copied[visibility] = slices.Clone(list)
		for i := range list {
			copied[visibility][i] = list[i].DeepCopy()
		}
	}
	return copied
}
