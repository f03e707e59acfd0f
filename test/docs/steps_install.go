// SPDX-License-Identifier: Apache-2.0

package docs

const (
	release = "kubectl apply -f $FILES/net-gateways.yaml"
	classes = "kubectl apply -f third_party/envoy-gateway/classes.yaml"
	// again applies a second time. Of a PodDisruptionBudget kubectl sends the selector always, which changes nothing.
	again    = release + ` | grep -v '^poddisruptionbudget.* configured$' | awk '{ print $NF }' | sort -u`
	noLeases = "kubectl -n knative-serving get leases -o name | { grep /net-gateways- || true; } | xargs -r kubectl -n knative-serving delete"
	rollOut  = "kubectl -n knative-serving rollout status --timeout=120s deployment -l app.kubernetes.io/name=net-gateways"
	hello    = "kubectl apply -f $FILES/hello.yaml"
	ready    = "kubectl wait --timeout=120s --for=condition=Ready ksvc/hello"
	switchOn = `kubectl -n knative-serving patch configmap config-network --type merge -p '{"data":{"ingress-class":"gateway-api.ingress.networking.knative.dev"}}'`
	domain   = `kubectl -n knative-serving patch configmap config-domain --type merge -p '{"data":{"example.com":""}}'`
	byClass  = `kubectl -n knative-serving patch configmap config-gateway --type merge -p '{"data":{"external-gateways":"- class: eg","local-gateways":"- class: eg-internal"}}'`
	image    = "kubectl -n knative-serving get pods -l app.kubernetes.io/name=net-gateways -o jsonpath='{.items[*].spec.containers[*].image}'"
	class    = "kubectl -n knative-serving get configmap config-network -o jsonpath='{.data.ingress-class}'"
	external = "kubectl -n knative-serving get configmap config-gateway -o jsonpath='{.data.external-gateways}'"
	made     = "kubectl -n knative-serving wait --timeout=120s --for=condition=Programmed gateways --all"
)

var installSteps = []Step{
	{Place: Place{install, "What must be there", "kubectl version"}, Before: []string{classes}, Prints: `Server Version: v1\.`},
	{Place: Place{install, "What must be there", "get deployments"}, Prints: `(?m)^controller `},
	{Place: Place{install, "What must be there", "get crd"}, Prints: `^v1\.\d+\.\d+`},
	{Place: Place{install, "What must be there", "get gatewayclasses"}, Prints: `(?m)^eg .* True `},
	{Place: Place{install, "What must be there", "auth can-i"}, Prints: `(?m)^yes$`},
	{
		Place: Place{install, "The plugin", "kubectl apply"},
		After: []Look{{again, `^unchanged\n$`}},
	},
	{Place: Place{install, "From a checkout", "ko apply"}, After: []Look{{rollOut, ""}}},
	{
		Place: Place{install, "Which Gateways", "class: eg"},
		After: []Look{{made, "knative-external-eg condition met(?s:.*)knative-local-eg-internal condition met"}},
	}, {
		Place: Place{install, "Which Gateways", "gateways.yaml"},
		After: []Look{{programmed, "blue condition met"}},
	}, {
		Place: Place{install, "Switch it on", `"ingress-class"`},
		After: []Look{
			{class, "^gateway-api"},
			{`kubectl -n knative-serving patch configmap config-network --type merge -p '{"data":{"ingress-class":null}}'`, "patched"},
		},
	},
	{Place: Place{install, "Switch it on", "network-layer"}, After: []Look{{class, "^gateway-api"}}},
	{
		Place: Place{install, "A domain", "config-domain"},
		After: []Look{{hello, ""}, {ready, ""}, answers("gateways", "blue", example)},
	}, {
		Place: Place{install, "Without internet", "crane copy"},
		After: []Look{{rollOut, ""}, {image, "^(127.0.0.1:5000/docs/net-gateways-(controller|webhook)@sha256:[0-9a-f]{64} ?)+$"}},
	},
	{Place: Place{install, "Without internet", "grep"}, Prints: "image: 127.0.0.1:5000/.*@sha256:"},
	{
		Place: Place{install, "GitOps", "kustomization.yaml"},
		As:    `mkdir "$FILES/gitops" && sed 's#\$FILES/##' "$BLOCK" >"$FILES/gitops/kustomization.yaml" && cp $FILES/net-gateways.yaml $FILES/gitops && kubectl apply -k $FILES/gitops`,
		After: []Look{{external, "^- class: eg$"}, {rollOut, ""}, {ready, ""}, answers("knative-serving", "knative-external-eg", example)},
	}, {
		Place: Place{install, "Upgrade", "kubectl apply -f"},
		After: []Look{
			{rollOut, ""},
			{"kubectl -n knative-serving describe configmap config-gateway", "ConfigurationKept"},
			answers("knative-serving", "knative-external-eg", example),
		},
	}, {
		Place: Place{install, "Uninstall", "kubectl delete -f"},
		After: []Look{
			{gone + "deployment net-gateways-controller", ""}, {gone + "configmap config-gateway", ""},
			answers("knative-serving", "knative-external-eg", example),
		},
	},
	{Place: Place{install, "Uninstall", "delete gateways"}, After: []Look{{gone + "gateway knative-external-eg", ""}}},
	{Place: Place{install, "Uninstall", "get leases"}, Prints: "net-gateways-.* deleted"},
	{
		Place:  Place{install, "Uninstall", "kubectl get kingress"},
		Before: []string{`kubectl patch kingress hello --type merge -p '{"metadata":{"finalizers":["net-gateways.github.io/gateway-listeners"]}}'`},
		Prints: "(?m)^-n default hello$",
		After:  []Look{{"kubectl delete ksvc hello && kubectl wait --timeout=60s --for=delete kingress/hello", ""}},
	},
}
