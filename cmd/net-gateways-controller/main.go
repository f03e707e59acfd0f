// SPDX-License-Identifier: Apache-2.0

// The controller serves KIngresses on Gateways.
package main

import (
	"knative.dev/pkg/injection/sharedmain"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/reconciler/gateway"
	"github.com/net-gateways/net-gateways/pkg/reconciler/ingress"
	"github.com/net-gateways/net-gateways/pkg/reconciler/network"
)

func main() {
	connect := cluster.Connected()
	sharedmain.Main("net-gateways-controller", ingress.NewController(connect), gateway.NewController(connect), network.NewController)
}
