// SPDX-License-Identifier: Apache-2.0

package docs

// The module of net-gateway-api is not at hand, so nothing of it runs. What it leaves is made: its Deployments, webhook and
// configuration by name, and HTTPRoutes that no field manager of net-gateways has. The HTTPRoutes are those that net-gateways had
// for the same service, without its annotations; test/e2e/installation has some that differ, and shows that no request fails.
var leftByNetGatewayAPI = []string{
	"kubectl apply -f third_party/envoy-gateway/gateways.yaml", programmed,
	release, rollOut,
	"kubectl -n knative-serving patch configmap config-gateway --type merge --patch-file third_party/envoy-gateway/config-gateway.yaml",
	switchOn, domain, hello, ready,
	"kubectl delete -f $FILES/net-gateways.yaml",
	`for route in $(kubectl get httproutes -o name); do kubectl patch $route --type json -p '[{"op":"remove","path":"/metadata/annotations"},{"op":"replace","path":"/metadata/managedFields","value":[{}]}]' || exit; done`,
	noLeases,
	"kubectl create -f test/docs/testdata/net-gateway-api.yaml",
	`sed "s/BLUE/` + serviceOf("blue") + `/; s/INTERNAL/` + serviceOf("internal") + `/" test/docs/testdata/config-gateway.yaml | kubectl create -f -`,
}

// serviceOf is the Service that Envoy Gateway has made for a Gateway, for the shell.
func serviceOf(gateway string) string {
	return "$(kubectl -n envoy-gateway-system get services -l gateway.envoyproxy.io/owning-gateway-name=" + gateway + " -o jsonpath='{.items[0].metadata.name}')"
}

var (
	atBlue       = answers("gateways", "blue", example)
	takeoverGone = []Look{{gone + "service net-gateway-api-webhook", ""}, {gone + "secret net-gateway-api-webhook-certs", ""}}
)

var takeoverSteps = []Step{
	{
		Place:  Place{takeover, "From net-gateway-api", "config-gateway-before.yaml"},
		Before: leftByNetGatewayAPI,
		After:  []Look{{`grep "class: eg-blue" $FILES/config-gateway-before.yaml`, ""}},
	}, {
		Place: Place{takeover, "From net-gateway-api", "delete deployment"},
		// Step 3 of the page is a link to another page.
		After: []Look{atBlue, {release, ""}, {rollOut, ""}, atBlue},
	},
	{Place: Place{takeover, "From net-gateway-api", "-o jsonpath"}, Prints: "(?s)- class: eg-blue.*- class: eg-internal"},
	{Place: Place{takeover, "From net-gateway-api", "describe configmap"}, Prints: "(?s)external-gateways:.*Events:"},
	{
		Place: Place{takeover, "From net-gateway-api", "kubectl get kingress -A"},
		After: []Look{
			{"kubectl get httproutes --show-managed-fields -o jsonpath='{.items[*].metadata.managedFields[*].manager}'", `\bnet-gateways\b`},
			atBlue,
		},
	},
	{Place: Place{takeover, "From net-gateway-api", "delete service/"}, After: append(takeoverGone, atBlue)},
	{
		// The former plugin is one that serves nothing: the cluster has neither Istio nor Kourier.
		Place: Place{takeover, "From net-istio or Kourier", "kubectl annotate"},
		Before: []string{
			"kubectl delete ksvc hello", "kubectl wait --timeout=60s --for=delete kingress/hello",
			`kubectl -n knative-serving patch configmap config-network --type merge -p '{"data":{"ingress-class":"kourier.ingress.networking.knative.dev"}}'`,
			hello, "kubectl wait --timeout=60s --for=create kingress/hello",
		},
	},
}
