// SPDX-License-Identifier: Apache-2.0

package check_test

import (
	"fmt"

	"github.com/net-gateways/net-gateways/pkg/cli/output"
)

const (
	blue     = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {namespace: gateways, name: blue}\n"
	local    = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {namespace: gateways, name: internal}\n"
	internal = "apiVersion: v1\nkind: Service\nmetadata: {namespace: envoy-gateway-system, name: envoy-internal}\n"
	class    = "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: eg-blue}\n"
	cm       = "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: knative-serving, name: %s}\n"
	deploy   = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: knative-serving, name: %s}\n"
	crd      = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: %s.gateway.networking.k8s.io, annotations: {gateway.networking.k8s.io/bundle-version: %s}}\n"

	crds        = "customresourcedefinitions.apiextensions.k8s.io /%s.gateway.networking.k8s.io"
	classes     = "gatewayclasses.gateway.networking.k8s.io /"
	deployments = "deployments.apps knative-serving/"

	external0, local0 = "external-gateways[0]", "local-gateways[0]"
	failed, warning   = output.Failed, output.Warning
)

// fault is one that can be seen from outside, with the code of its finding, its state and some words.
type fault struct {
	change, gone string
	// kubernetes is its version, if it is not a new one.
	kubernetes string
	// settled tells that services are served.
	settled bool
	code    string
	state   output.State
	words   string
	// further is how many commands more than one it takes.
	further int
}

func data(name, text string) string { return fmt.Sprintf(cm, name) + "data: " + text + "\n" }

func listed(entries string) string {
	return data("config-gateway", fmt.Sprintf("{external-gateways: %q}", entries))
}

func complains(kind, reason, rest string) string {
	return blue + fmt.Sprintf("spec: {%s}\nstatus: {conditions: [{type: %s, status: \"False\", reason: %s, message: words, observedGeneration: 1}]}\n", rest, kind, reason)
}

func unaccepted(reason, spec string) string {
	return class + fmt.Sprintf("spec: {%s}\nstatus: {conditions: [{type: Accepted, status: \"False\", reason: %s, message: words}]}\n", spec, reason)
}

func pod(name, image string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {namespace: knative-serving, name: %s, labels: {app: net-gateways-controller}}\nspec: {containers: [{name: net-gateways-controller, image: %q}]}\n", name, image)
}

var faults = map[string]fault{
	"Kubernetes too old":             {kubernetes: "v1.33.5", code: "version", state: failed, words: "too old"},
	"Kubernetes far too old":         {kubernetes: "v1.31.0", code: "version", state: failed, words: "too old", further: 2},
	"CRD missing, B-INS-7":           {gone: fmt.Sprintf(crds, "gateways"), code: "gateways", state: failed, words: "does not exist"},
	"CRD too old, B-INS-7":           {change: fmt.Sprintf(crd, "httproutes", "v1.1.0"), code: "httproutes", state: failed, words: "install v1.2.0"},
	"experimental channel, B-INS-7":  {change: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: httproutes.gateway.networking.k8s.io, annotations: {gateway.networking.k8s.io/channel: experimental}}", gone: fmt.Sprintf(crds, "gateways"), code: "gateways", state: failed, words: "does not exist"},
	"no ListenerSets, B-INS-7":       {gone: fmt.Sprintf(crds, "listenersets"), code: "listenersets", state: warning, words: "room for 64"},
	"no BackendTLSPolicies, B-INS-7": {gone: fmt.Sprintf(crds, "backendtlspolicies"), code: "backendtlspolicies", state: warning, words: "system-internal-tls"},
	"no implementation":              {change: data("config-gateway", `{external-gateways: "[{class: eg}]", local-gateways: "[{class: eg-internal}]"}`), gone: classes + "eg-blue\n" + classes + "eg-green\n" + classes + "eg-internal", code: "classes", state: failed, words: "no GatewayClass is accepted"},

	"no Serving":              {gone: deployments + "controller", code: "serving", state: failed, words: "is not in namespace"},
	"no domain, B-INS-1":      {change: data("config-domain", "null"), code: "domain", state: failed, words: "no domain is set"},
	"no data at all, B-INS-1": {gone: "configmaps knative-serving/config-domain", code: "domain", state: failed, words: "no domain is set"},
	"class not on, B-INS-2":   {change: data("config-network", "null"), code: "class", state: failed, words: "Serving asks another plugin"},
	"other plugin, B-INS-8":   {change: fmt.Sprintf(deploy, "net-gateway-api-controller") + "spec: {replicas: 1}", code: "rival", state: failed, words: "serves the same class"},

	"list not written, B-INS-3":    {change: data("config-gateway", "null"), code: "config-gateway", state: failed, words: "local-gateways is not written"},
	"no configuration, B-INS-3":    {gone: "configmaps knative-serving/config-gateway", code: "config-gateway", state: failed, words: "external-gateways is not written"},
	"lists lost, B-INS-9":          {settled: true, change: data("config-gateway", "null"), code: "config-gateway", state: failed, words: "is not written"},
	"not a list, B-INS-4":          {change: listed("x"), code: "config-gateway", state: failed, words: "data[external-gateways]"},
	"a wrong Gateway, B-INS-4":     {change: listed("[{class: eg-blue, gateway: blue}]"), code: "config-gateway", state: failed, words: "must be namespace/name"},
	"no class, B-INS-4":            {change: listed("[{gateway: gateways/blue}]"), code: "config-gateway", state: failed, words: "data[external-gateways][0].class"},
	"a wrong mode, B-INS-4":        {change: listed("[{class: eg-blue, gateway: gateways/blue, probe: ask}]"), code: "config-gateway", state: failed, words: "data[external-gateways][0].probe"},
	"two defaults, B-INS-4":        {change: listed("[{class: eg-blue, gateway: gateways/blue}, {class: eg-green, gateway: gateways/green}]"), code: "config-gateway", state: failed, words: "2 defaults"},
	"no default, B-INS-4":          {change: listed("[{class: eg-green, gateway: gateways/green, label-selector: a=b}]"), code: "config-gateway", state: failed, words: "no default"},
	"a Gateway twice, B-INS-4":     {change: listed("[{class: eg-blue, gateway: gateways/blue}, {class: eg-blue, gateway: gateways/blue, label-selector: a=b}]"), code: "config-gateway", state: failed, words: "Duplicate"},
	"a wrong selector, B-INS-4":    {change: listed("[{class: eg-blue, gateway: gateways/blue}, {class: eg-green, gateway: gateways/green, label-selector: a=(}]"), code: "config-gateway", state: failed, words: "label-selector"},
	"a wrong drain time, B-INS-4":  {change: data("config-gateway", "{drain-time: soon}"), code: "config-gateway", state: failed, words: "drain-time"},
	"an unknown key, B-INS-4":      {change: data("config-gateway", "{colour: red}"), code: "config-gateway", state: warning, words: "unknown key"},
	"key of an entry, B-INS-4":     {change: listed("[{class: eg-blue, gateway: gateways/blue, probes: auto}]"), code: "config-gateway", state: warning, words: "probes"},
	"mistakes everywhere, B-INS-4": {change: data("config-gateway", `{external-gateways: "[3, {class: B B}]", local-gateways: "{", drain-time: x}`), code: "config-gateway", state: failed, words: "data[local-gateways]"},

	"Gateway gone":                       {gone: "gateways.gateway.networking.k8s.io gateways/blue", code: external0, state: failed, words: "does not exist"},
	"Gateway and its namespace gone":     {gone: "gateways.gateway.networking.k8s.io gateways/blue\nnamespaces /gateways", code: external0, state: failed, words: "does not exist"},
	"Gateway of the controller gone":     {change: listed("[{class: eg-blue}]"), code: external0, state: failed, words: "does not exist"},
	"Gateway of another class":           {change: blue + "spec: {gatewayClassName: eg-green}", code: external0, state: failed, words: "gatewayClassName"},
	"class gone, B-INS-9":                {gone: classes + "eg-blue", code: external0, state: failed, words: "GatewayClass eg-blue does not exist"},
	"parameters of a class, B-INS-9":     {change: unaccepted("InvalidParameters", "parametersRef: {group: a, kind: B, name: c}"), code: external0, state: failed, words: "not accepted"},
	"class of an old version, B-INS-9":   {change: unaccepted("UnsupportedVersion", "") + "---\n" + fmt.Sprintf(crd, "httproutes", "v1.3.0"), code: external0, state: failed, words: "not accepted"},
	"class that waits, B-INS-9":          {change: unaccepted("Waiting", ""), code: external0, state: failed, words: "not accepted"},
	"not admitting":                      {change: blue + "spec: {listeners: [{name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: Same}}}]}", code: external0, state: failed, words: "allowedRoutes"},
	"no listener for HTTP":               {change: blue + "spec: {listeners: [{name: http, port: 5432, protocol: TCP}]}", code: external0, state: failed, words: "no listener that speaks HTTP"},
	"a listener that is not there":       {change: listed("- class: eg-blue # this one\n  gateway: gateways/blue\n  http-listener-name: web"), code: external0, state: failed, words: `no listener "web"`},
	"no ListenerSets allowed":            {change: blue + "spec: {allowedListeners: null}", code: external0, state: warning, words: "admits no ListenerSets"},
	"address refused, B-RDY-7":           {change: complains("Accepted", "UnsupportedAddress", "addresses: [{value: 192.0.2.1}]"), code: external0, state: warning, words: "UnsupportedAddress"},
	"parameters refused, B-RDY-7":        {change: complains("Accepted", "InvalidParameters", "infrastructure: {parametersRef: {group: a, kind: B, name: c}}"), code: external0, state: warning, words: "InvalidParameters"},
	"a complaint, B-RDY-7":               {change: complains("Programmed", "Invalid", ""), code: external0, state: warning, words: "Programmed is False"},
	"no proxies, B-RDY-7":                {change: complains("Programmed", "NoResources", "") + "---\n" + noProxies("2", "1"), gone: "endpointslices.discovery.k8s.io envoy-gateway-system/envoy-blue-1", code: external0, state: failed, words: "NoResources"},
	"proxies scaled away, B-RDY-7":       {change: complains("Programmed", "NoResources", "") + "---\n" + noProxies("0", "0"), gone: "endpointslices.discovery.k8s.io envoy-gateway-system/envoy-blue-1", code: external0, state: failed, words: "NoResources"},
	"pending, B-RDY-7":                   {change: unaddressed + complains("Programmed", "AddressNotAssigned", ""), code: external0, state: warning, words: "AddressNotAssigned"},
	"no address, B-RDY-7":                {change: unaddressed, code: external0, state: warning, words: "has no address"},
	"no address, node ports, B-RDY-7":    {change: unaddressed + envoyBlue + "spec: {type: NodePort}", code: external0, state: warning, words: "has no address"},
	"no address, no Service, B-RDY-7":    {change: blue + "status: {addresses: null}", gone: "services envoy-gateway-system/envoy-blue", code: external0, state: failed, words: "set `service`"},
	"no address, own Service, B-RDY-7":   {change: blue + "status: {addresses: null}\n---\n" + ownService, gone: "services envoy-gateway-system/envoy-blue", code: external0, state: failed, words: "set `service`", further: 1},
	"port 80 of a local one":             {change: internal + "spec: {ports: [{name: http, port: 8080}]}", code: local0, state: failed, words: "port 80"},
	"local one without such a listener":  {change: internal + "spec: {ports: [{name: http, port: 8080}]}\n---\n" + local + listener8080, code: local0, state: failed, words: "port 80"},
	"local one with one such listener":   {change: internal + "spec: {ports: [{name: http, port: 8080}]}\n---\n" + local + listener8080 + "---\n" + data("config-gateway", `{local-gateways: "[{class: eg-internal, gateway: gateways/internal, http-listener-name: http}]"}`), code: local0, state: failed, words: "port 80"},
	"local one exposed":                  {change: internal + "spec: {type: LoadBalancer}", code: local0, state: warning, words: "reachable from outside"},
	"local one exposed by its own proxy": {change: internal + "spec: {type: LoadBalancer}\n---\n" + local + "spec: {infrastructure: {parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: own}}}", code: local0, state: warning, words: "reachable from outside"},
	"local one of a public class":        {change: data("config-gateway", `{external-gateways: "[{class: eg-blue, gateway: gateways/blue}]", local-gateways: "[{class: eg-green, gateway: gateways/green}]"}`), code: local0, state: warning, words: "reachable from outside"},
	"local one of Istio exposed":         {change: internal + "spec: {type: LoadBalancer}\n---\n" + istio("istio.io/gateway-controller"), code: local0, state: warning, words: "reachable from outside"},
	"local one of another one exposed":   {change: internal + "spec: {type: LoadBalancer}\n---\n" + istio("example.com/other"), code: local0, state: warning, words: "reachable from outside"},

	"two installations":  {change: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: elsewhere, name: net-gateways-controller, labels: {app.kubernetes.io/name: net-gateways, app.kubernetes.io/component: controller}}", code: "installations", state: failed, words: "second installation"},
	"no controller":      {gone: deployments + "net-gateways-controller", code: "controller", state: failed, words: "does not exist"},
	"no replicas":        {change: fmt.Sprintf(deploy, "net-gateways-controller") + "spec: {replicas: 0}", code: "controller", state: failed, words: "no replicas"},
	"controller down":    {change: fmt.Sprintf(deploy, "net-gateways-controller") + "status: {readyReplicas: 0}", code: "controller", state: failed, words: "no pod"},
	"webhook down":       {change: fmt.Sprintf(deploy, "net-gateways-webhook") + "status: {readyReplicas: 0}", code: "webhook", state: failed, words: "no pod"},
	"no webhook":         {gone: "validatingwebhookconfigurations.admissionregistration.k8s.io /config.webhook.net-gateways.networking.internal.knative.dev", code: "webhook", state: warning, words: "not checked"},
	"different versions": {change: pod("a", "image:1") + "---\n" + pod("b", "image:2"), code: "versions", state: failed, words: "image:1, image:2"},
}
