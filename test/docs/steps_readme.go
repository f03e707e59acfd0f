// SPDX-License-Identifier: Apache-2.0

package docs

import "fmt"

const (
	example = "hello.default.example.com"
	// gone is for looks at what must not be there.
	gone = "! kubectl -n knative-serving get "
)

// addressOf is the address of a Gateway, for the shell.
func addressOf(namespace, gateway string) string {
	return fmt.Sprintf("$(kubectl -n %s get gateway %s -o jsonpath='{.status.addresses[0].value}')", namespace, gateway)
}

// answers is a look at the service of the README, at a Gateway.
func answers(namespace, gateway, host string) Look {
	return Look{fmt.Sprintf(`curl -sS --max-time 5 -H 'Host: %s' "http://%s"`, host, addressOf(namespace, gateway)), "^Hello World!"}
}

const (
	twoGateways = "kubectl apply -f test/docs/testdata/gateways.yaml"
	programmed  = "kubectl -n gateways wait --timeout=120s --for=condition=Programmed gateways --all"
	onGreen     = "kubectl label --overwrite ksvc hello gateway=green"
	noTLS       = `kubectl -n knative-serving patch configmap config-network --type merge -p '{"data":{"external-domain-tls":null,"http-protocol":null}}'`
	// writeKeys makes of some keys of config-gateway what `kubectl edit` is about to write: see $KUBE_EDITOR in files.go.
	writeKeys = `sed '1i data:
s/^/  /' "$BLOCK" >"$FILES/keys.yaml"`
)

// issuers is what third_party/cert-manager/README.md says.
var issuers = []string{
	"kubectl apply -f third_party/cert-manager/issuers.yaml",
	"kubectl wait --timeout=120s --for=condition=Ready clusterissuers --all",
	"kubectl -n knative-serving patch configmap config-certmanager --type merge --patch-file third_party/cert-manager/config-certmanager.yaml",
}

// dns lets the cluster's DNS answer for example.com with the address of the Gateway green.
var dns = []string{
	`sed "s/ADDRESS/` + addressOf("gateways", "green") + `/" test/docs/testdata/zone.yaml | kubectl apply -f -`,
	"kubectl -n kube-system rollout restart deployment/coredns",
	"kubectl -n kube-system rollout status --timeout=120s deployment/coredns",
}

var readmeSteps = []Step{
	{
		Place:  Place{readme, "Several Gateways", "external-gateways"},
		Before: []string{twoGateways, programmed},
		As:     writeKeys,
	}, {
		Place: Place{readme, "Several Gateways", "edit configmap config-gateway"},
		After: []Look{answers("gateways", "blue", example), {onGreen, "labeled"}, answers("gateways", "green", example)},
	}, {
		Place:  Place{readme, "Not Ready?", "kubectl describe kingress"},
		Before: []string{"kubectl annotate ksvc hello net-gateways.github.io/external-gateway=gateways/absent"},
		Prints: `(?s)hello .*Message: +.*gateways/absent`,
		After:  []Look{{"kubectl annotate ksvc hello net-gateways.github.io/external-gateway-", ""}, {ready, ""}},
	}, {
		Place:  Place{readme, "HTTPS", "external-domain-tls"},
		Before: append(issuers[:len(issuers):len(issuers)], dns...),
		After: []Look{
			{"kubectl -n knative-serving rollout status --timeout=120s deployment/controller", "successfully"},
			{"kubectl get ksvc hello -o jsonpath='{.status.url} {.status.conditions[?(@.type==\"Ready\")].status}'", "^https://" + example + " True"},
			{`curl -sSk --max-time 5 https://pebble.pebble.svc.cluster.local:15000/roots/0 >"$FILES/roots.pem" && curl -sS --max-time 5 --cacert "$FILES/roots.pem" https://` + example, "^Hello World!"},
			{noTLS, "patched"},
			answers("gateways", "green", example),
		},
	}, {
		Place:  Place{readme, "Coming from net-gateway-api", "delete deployment"},
		Before: []string{"kubectl create -f test/docs/testdata/net-gateway-api.yaml"},
		After: []Look{
			{gone + "deployment net-gateway-api-controller", ""},
			{"kubectl -n knative-serving delete service/net-gateway-api-webhook secret/net-gateway-api-webhook-certs", "deleted"},
		},
	}, {
		Place: Place{readme, "Upgrade, uninstall", "kubectl delete"},
		After: []Look{{gone + "deployment net-gateways-controller", ""}, {gone + "configmap config-gateway", ""}, answers("gateways", "green", example)},
	},
}
