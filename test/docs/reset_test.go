// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package docs

import (
	"sync"
	"testing"
)

var filled sync.Once

// settings are the ConfigMaps of Serving that the pages change.
var settings = []string{"config-network", "config-domain", "config-certmanager"}

// remove takes out what a page has made: first what net-gateways serves, while it can clean up.
var remove = []string{
	"kubectl delete --ignore-not-found -n knative-serving job/default-domain service/default-domain-service",
	"kubectl delete --ignore-not-found -f test/docs/testdata/net-gateway-api.yaml",
	"kubectl delete ksvc,domainmappings --all",
	"kubectl -n knative-serving delete kingress --all",
	"kubectl delete --ignore-not-found -f $FILES/net-gateways.yaml",
	"kubectl delete clusterdomainclaims --all",
	"kubectl -n knative-serving delete gateways --all",
	"kubectl delete --ignore-not-found -f third_party/envoy-gateway/gateways.yaml -f third_party/envoy-gateway/classes.yaml",
	noLeases,
}

// symptoms are what one wants to see of a test that failed.
var symptoms = []string{
	"kubectl get gateways,httproutes,kingress,ksvc,jobs -A",
	"kubectl get pods -A",
	"kubectl get events -A --field-selector type=Warning | tail -n 12",
	"kubectl -n knative-serving logs -l app=net-gateways-controller --tail=5 | cut -c1-600",
}

// empty begins a page: with the files in $FILES, and a cluster without net-gateways, which it is again at the end. All that the
// cluster has besides are EnvoyProxies, because it cannot pull Envoy's image from the world: pages apply the rest of them.
func empty(t *testing.T) {
	t.Helper()
	filled.Do(func() {
		for _, line := range files {
			must(t, line)
		}
	})
	if _, err := shell("kubectl -n knative-serving get deployment net-gateways-controller"); err == nil {
		t.Fatal("net-gateways is installed, and the pages begin without it")
	}
	must(t, "kubectl create -f test/docs/testdata/envoy-image.yaml -f third_party/envoy-gateway/envoy-image.yaml")
	for _, name := range settings {
		must(t, "kubectl -n knative-serving get configmap "+name+` -o json | jq '[{op: "replace", path: "/data", value: .data}]' >"$FILES/`+name+`"`)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, line := range symptoms {
				output, _ := shell(line)
				t.Logf("%s\n%s", line, output)
			}
		}
		for _, line := range remove {
			must(t, line)
		}
		for _, name := range settings {
			must(t, "kubectl -n knative-serving patch configmap "+name+` --type json --patch-file "$FILES/`+name+`"`)
		}
	})
}
