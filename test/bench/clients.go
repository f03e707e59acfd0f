// SPDX-License-Identifier: Apache-2.0

package main

import (
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	networkingclientset "knative.dev/networking/pkg/client/clientset/versioned"
	gatewayclientset "sigs.k8s.io/gateway-api/pkg/client/clientset/versioned"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// clients of the cluster, without a rate limit of their own: the API server is what
// is measured against.
type clients struct {
	*cluster.Cluster
	networking networkingclientset.Interface
	gateway    gatewayclientset.Interface
}

func connect() (clients, error) {
	connected, err := cluster.Connect()
	if err != nil {
		return clients{}, err
	}
	config := connected.Config
	config.QPS, config.Burst = -1, -1
	config.UserAgent = "net-gateways-bench"
	if connected.Kube, err = kubernetes.NewForConfig(config); err != nil {
		return clients{}, err
	}
	if connected.Dynamic, err = dynamic.NewForConfig(config); err != nil {
		return clients{}, err
	}
	networking, err := networkingclientset.NewForConfig(config)
	if err != nil {
		return clients{}, err
	}
	gateway, err := gatewayclientset.NewForConfig(config)
	return clients{Cluster: connected, networking: networking, gateway: gateway}, err
}
