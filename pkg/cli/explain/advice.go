// SPDX-License-Identifier: Apache-2.0

package explain

import (
	"fmt"
	"strings"

	"github.com/net-gateways/net-gateways/pkg/cli/examine"
	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
)

// why is what each reason means, in one sentence.
var why = map[string]string{
	conditions.ReasonConfigurationRefused: "the ConfigMap config-gateway has a mistake, and there is no earlier version of it to go on with.",
	conditions.ReasonGatewayAPIMissing:    "the custom resource definitions of the Gateway API are not there, or are too old.",
	conditions.ReasonGatewayNotConfigured: "config-gateway names no Gateway for these hosts.",
	conditions.ReasonGatewayNotFound:      "the Gateway, its class or an annotation names something that does not exist.",
	conditions.ReasonGatewayNotProgrammed: "the Gateway does not work, by its own words, and nothing else proves that it does.",
	conditions.ReasonGatewayUnsuitable:    "callers in the cluster come to a port where the Gateway does not listen.",
	conditions.ReasonHostConflict:         "an older service has the host.",
	conditions.ReasonNotOwned:             "an object of that name belongs to another owner.",
	conditions.ReasonProbeFailed:          "the proxies of the Gateway do not answer for this version yet.",
	conditions.ReasonReconcileFailed:      "the controller could not finish, and tries again.",
	conditions.ReasonRefsNotResolved:      "the Gateway does not find a Service or Secret that its route names.",
	conditions.ReasonRouteNotAccepted:     "no listener of the Gateway takes the route.",
	conditions.ReasonServiceNotFound:      "a Service that the service or config-gateway names does not exist.",
	conditions.ReasonUnsupported:          "the service asks for something that cannot be served.",
}

// adviseOnPaths says where to look if an attached HTTPRoute is not served as it is written.
func (r *Report) adviseOnPaths() {
	for _, route := range r.Attached {
		if namespace, name, _ := strings.Cut(route.HTTPRoute, "/"); !route.Served() {
			r.Look = fmt.Sprintf("kubectl -n %s get httproute %s -o yaml", namespace, name)
			r.More = docs + "paths.md#what-passes-what-is-refused-and-why"
			return
		}
	}
}

// advise adds what the reason means, where to look and what to read.
func (r *Report) advise(found *examine.Examination) {
	if r.Ready == "True" {
		r.adviseOnPaths()
		return
	}
	r.Why = why[r.Reason]
	if r.Reason == "" {
		r.More = page("nothing-happens")
	} else if r.Why != "" {
		r.More = page(r.Reason)
	}
	gateway := ""
	for _, side := range found.Sides {
		if blocker := side.Blocker(); blocker != nil && blocker.Reason == r.Reason && side.Needed && side.Refusal == nil && gateway == "" {
			gateway = side.Entry.Gateway.String()
		}
	}
	namespace, name, named := strings.Cut(gateway, "/")
	switch {
	case r.Reason == conditions.ReasonGatewayNotConfigured, r.Reason == conditions.ReasonConfigurationRefused:
		r.Look = fmt.Sprintf("kubectl -n %s get configmap %s -o yaml", found.Seen.State.Namespace, config.Name)
	case r.Reason == conditions.ReasonHostConflict:
		r.Look = fmt.Sprintf("kn gateways explain %s -n %s -A   # names the other service, if you may list those of all namespaces", r.Service, r.Namespace)
		if strings.Contains(r.Message, "older KIngress "+r.Namespace+"/") {
			r.Look = fmt.Sprintf("kubectl -n %s get kingress", r.Namespace)
		}
	case r.Reason == conditions.ReasonRouteNotAccepted, r.Reason == conditions.ReasonRefsNotResolved, r.Reason == conditions.ReasonNotOwned:
		r.Look = fmt.Sprintf("kubectl -n %s get httproutes -o yaml", r.Namespace)
	case named:
		r.Look = fmt.Sprintf("kubectl -n %s get gateway %s -o yaml", namespace, name)
	default:
		r.Look = fmt.Sprintf("kubectl -n %s describe kingress %s", r.Namespace, r.Service)
	}
}
