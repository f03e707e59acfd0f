// SPDX-License-Identifier: Apache-2.0

// The controller serves KIngresses on Gateways.
package main

import (
	"flag"
	"fmt"

	networkconfig "knative.dev/networking/pkg/config"
	"knative.dev/pkg/signals"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/reconciler/gateway"
	"github.com/net-gateways/net-gateways/pkg/reconciler/ingress"
	"github.com/net-gateways/net-gateways/pkg/reconciler/network"
	"github.com/net-gateways/net-gateways/pkg/startup"
	"github.com/net-gateways/net-gateways/pkg/version"
)

const component = "net-gateways-controller"

func main() {
	flag.Usage = usage
	version.Flag()
	connect, counted := cluster.Connected(), metrics.New()
	startup.Program{Component: component, Metrics: counted}.Run(signals.NewContext(),
		startup.Logged(startup.BesideServing(ingress.NewController(connect, counted))), gateway.NewController(connect, counted), network.NewController)
}

func usage() {
	fmt.Fprintf(flag.CommandLine.Output(), `%s serves KIngresses on the Gateways that the ConfigMap %s names.

It also reads the ConfigMap %s. It runs in a pod of the namespace that has both and takes its settings from the environment:
  SYSTEM_NAMESPACE  that namespace (required)
  POD_NAME          its name in logs and leader election (required)
It serves its health on :8080/health and its metrics on :9090/metrics, unless config-observability says otherwise.

Flags:
`, component, config.Name, networkconfig.ConfigMapName)
	flag.PrintDefaults()
}
