// SPDX-License-Identifier: Apache-2.0

package check_test

import "fmt"

// envoyBlue is the Service of the Gateway gateways/blue.
const envoyBlue = "apiVersion: v1\nkind: Service\nmetadata: {namespace: envoy-gateway-system, name: envoy-blue}\n"

// unaddressed is the Gateway gateways/blue without an address, because its Service has none.
const unaddressed = blue + "status: {addresses: null}\n---\n" + envoyBlue + "status: {loadBalancer: null}\n---\n"

// ownService is one that an operator has written, as for Traefik.
const ownService = `
apiVersion: v1
kind: Service
metadata: {namespace: gateways, name: proxy}
spec: {type: LoadBalancer, clusterIP: 10.96.4.50, ports: [{name: web, port: 80, targetPort: 8000}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {namespace: gateways, name: proxy-1, labels: {kubernetes.io/service-name: proxy}}
addressType: IPv4
ports: [{name: web, port: 8000}]
endpoints: [{addresses: [10.244.1.7], conditions: {ready: true}}]
---
apiVersion: v1
kind: Pod
metadata: {namespace: gateways, name: proxy-0}
status: {podIP: 10.244.1.7, hostIP: 192.0.2.10}
`

const listener8080 = "spec: {listeners: [{name: http, port: 8080, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}]}\n"

// noProxies is the Deployment of the proxies of gateways/blue.
func noProxies(replicas, ready string) string {
	return fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: envoy-gateway-system, name: envoy-blue, labels: {gateway.envoyproxy.io/owning-gateway-name: blue, gateway.envoyproxy.io/owning-gateway-namespace: gateways}}\nspec: {replicas: %s}\nstatus: {readyReplicas: %s}\n", replicas, ready)
}

// istio makes the local class one of another controller, which finds the Service of its Gateway by the standard label.
func istio(controller string) string {
	return fmt.Sprintf("apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: eg-internal}\nspec: {controllerName: %s}\n---\n", controller) +
		data("config-gateway", `{local-gateways: "[{class: eg-internal, gateway: gateways/internal, service: envoy-gateway-system/envoy-internal}]"}`)
}
