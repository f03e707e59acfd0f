// SPDX-License-Identifier: Apache-2.0

package attached

import (
	"slices"
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/network"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/translate/rules"
)

// hostsOf are the hosts of a frontend among those of a rule set of its KIngress: that of a DomainMapping is
// its name; those of a Service are without the hosts of tags, and without hosts that are there only for a
// challenge of a certificate authority.
func (r *reader) hostsOf(set rules.RuleSet) []string {
	if !slices.ContainsFunc(set.Rules, func(rule rules.Rule) bool { return !rule.Challenge() }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(set.Hosts), func(host string) bool {
		switch {
		case r.frontend.Kind == kindDomainMapping:
			return host != r.frontend.Name
		case set.Visibility == v1alpha1.IngressVisibilityClusterLocal:
			return !slices.Contains(localHosts(r.frontend), host)
		}
		return r.tags[host] != ""
	})
}

// localHosts are the names of a Knative Service in the cluster, without those of its tags.
func localHosts(frontend Frontend) []string {
	short := frontend.Name + "." + frontend.Namespace
	return []string{short, short + ".svc", LocalHost(frontend.Namespace, frontend.Name)}
}

// LocalHost is the full name in the cluster of a Knative Service, or of a tag of one.
func LocalHost(namespace, service string) string {
	return network.GetServiceHostname(service, namespace)
}

// ServiceAt is the Knative Service, or the tag of one, with a full name in the cluster.
func ServiceAt(namespace, host string) (name string, is bool) {
	return strings.CutSuffix(host, LocalHost(namespace, ""))
}

// narrowed are the hosts that one of the hostnames admits; all of them if there are no hostnames.
func narrowed(hosts []string, hostnames []gatewayv1.Hostname) []string {
	if len(hostnames) == 0 {
		return hosts
	}
	return slices.DeleteFunc(slices.Clone(hosts), func(host string) bool {
		return !slices.ContainsFunc(hostnames, func(name gatewayv1.Hostname) bool { return dataplane.Admits(string(name), host) })
	})
}
