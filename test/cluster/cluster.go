// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// SystemNamespace is where Knative Serving and net-gateways run.
const SystemNamespace = "knative-serving"

// How long waits last at most. A wait ends when its condition holds; these bounds only end tests
// in which it never does, and are many times what an idle machine needs: Seconds for what takes
// that one seconds, Minutes for images, pods, elections and certificates. test/bench measures
// how quick something is.
const (
	Seconds = 3 * time.Minute
	Minutes = 8 * time.Minute
)

// Cluster has the clients of the API server.
type Cluster struct {
	Config  *rest.Config
	Kube    kubernetes.Interface
	Dynamic dynamic.Interface
	mapper  meta.RESTMapper
	// owned holds the namespaces that tests delete with everything in them.
	owned sync.Map
}

// Own records that a namespace is deleted when its test ends, after Diagnose has shown
// its objects if the test failed.
func (c *Cluster) Own(namespace string) { c.owned.Store(namespace, true) }

func (c *Cluster) owns(namespace string) bool {
	_, owned := c.owned.Load(namespace)
	return owned
}

// Connect uses $KUBECONFIG. Tests are many clients at once, hence the rates.
func Connect() (*Cluster, error) {
	loading := clientcmd.NewDefaultClientConfigLoadingRules()
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(loading, &clientcmd.ConfigOverrides{}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubeconfig: %w", err)
	}
	config.QPS, config.Burst = 200, 400
	config.UserAgent = "net-gateways-e2e"
	config.WarningHandler = rest.NoWarnings{}
	klog.SetSlogLogger(slog.New(slog.DiscardHandler)) // or informers of a wait that is over log errors
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(kube.Discovery()))
	return &Cluster{Config: config, Kube: kube, Dynamic: client, mapper: mapper}, nil
}

// Root is the checkout's top directory, found upwards from the package under test.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir != "" {
		if _, err := os.Stat(dir + "/go.mod"); err == nil {
			return dir, nil
		}
		dir = dir[:strings.LastIndex(dir, "/")]
	}
	return "", fmt.Errorf("no go.mod above the working directory")
}
