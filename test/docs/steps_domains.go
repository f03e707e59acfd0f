// SPDX-License-Identifier: Apache-2.0

package docs

const (
	noDomain = `kubectl -n knative-serving patch configmap config-domain --type merge -p '{"data":{"example.com":null}}'`
	edit     = "kubectl -n knative-serving edit configmap config-gateway"
	url      = "kubectl get ksvc hello -o jsonpath='{.status.url}'"
	// Serving's Job, its KIngress and what it writes.
	job       = "kubectl apply -f $FILES/serving-default-domain.yaml"
	noJob     = "kubectl -n knative-serving delete job/default-domain"
	jobSays   = "kubectl -n knative-serving logs job/default-domain"
	jobEnds   = "kubectl -n knative-serving wait --timeout=60s --for=condition=Complete job/default-domain"
	ingresses = "kubectl -n knative-serving get kingress -o name | grep . || echo none"
	allReady  = "kubectl -n knative-serving wait --timeout=90s --for=condition=Ready kingress --all"
	written   = "kubectl -n knative-serving get configmap config-domain -o jsonpath='{.data}' | { grep -E '\"[0-9.]+\\.sslip\\.io\":\"\"' || echo none; }"
	unwrite   = `kubectl -n knative-serving patch configmap config-domain --type json --patch-file "$FILES/config-domain"`
	waiting   = "does not have an ingress IP assigned to its LoadBalancer yet"
)

// serviceType changes the Service of the Gateways of class eg.
func serviceType(name string) string {
	return `kubectl -n envoy-gateway-system patch envoyproxy knative-public --type merge -p '{"spec":{"provider":{"kubernetes":{"envoyService":{"type":"` + name + `"}}}}}'`
}

var domainsSteps = []Step{
	{
		Place:  Place{domains, "A domain of your own", "config-domain"},
		Before: []string{classes, release, rollOut, byClass, made, switchOn, hello, ready},
	}, {
		// B-RDY-7.
		Place:  Place{domains, "No domain of your own", "serving-default-domain.yaml"},
		Before: []string{noDomain},
		After: []Look{
			{written, "sslip.io"}, {ingresses, "^none"},
			{url, `^http://hello\.default\.\d+\.\d+\.\d+\.\d+\.sslip\.io$`},
			{"HOST=$(" + url + `) && curl -sS --max-time 5 -H "Host: ${HOST#http://}" "http://` + addressOf("knative-serving", "knative-external-eg") + `"`, "^Hello World!"},
			// Without a load balancer its KIngress is Ready, and the Job waits.
			{noJob, ""}, {unwrite, ""}, {serviceType("NodePort"), ""}, {job, "created"},
			{ingresses, "default-domain-"}, {allReady, ""}, {jobSays, waiting}, {written, "^none"},
		},
	}, {
		// What it leaves when it is deleted; and when the load balancer comes, it completes.
		Place: Place{domains, "No domain of your own", "grep /default-domain-"},
		After: []Look{
			{ingresses, "^none"}, {job, "created"}, {jobSays, waiting}, {serviceType("LoadBalancer"), ""},
			{jobEnds, ""}, {written, "sslip.io"}, {ingresses, "^none"}, {noJob, ""}, {unwrite, ""},
		},
	},
	{Place: Place{domains, "A domain for each Gateway", `"green.example.com"`}, Before: []string{domain, twoGateways, programmed}},
	{
		Place: Place{domains, "A domain for each Gateway", "gateway: gateways/blue"},
		As:    writeKeys + " && " + edit,
		After: []Look{
			{onGreen, "labeled"}, {url, `^http://hello\.default\.green\.example\.com$`},
			answers("gateways", "green", "hello.default.green.example.com"),
		},
	}, {
		Place:  Place{domains, "One name for one service: DomainMapping", "kind: DomainMapping"},
		Before: []string{`kubectl -n knative-serving patch configmap config-network --type merge -p '{"data":{"autocreate-cluster-domain-claims":"true"}}'`},
		As:     `kubectl apply -f "$BLOCK"`,
		After:  []Look{answers("gateways", "green", "shop.example.org")},
	}, {
		Place: Place{domains, "Private services", "visibility=cluster-local"},
		After: []Look{{url, `^http://hello\.default\.svc\.cluster\.local$`}},
	},
}

// steps are those of all pages.
var steps = append(append(append(readmeSteps, installSteps...), takeoverSteps...), domainsSteps...)
