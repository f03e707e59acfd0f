// SPDX-License-Identifier: Apache-2.0

package live

import (
	"cmp"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// timeout bounds a request if --request-timeout does not.
const timeout = 15 * time.Second

// Flags say which cluster is meant. They are kubectl's.
type Flags struct {
	kubeconfig string
	overrides  clientcmd.ConfigOverrides
}

// Bind registers the flags.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.kubeconfig, "kubeconfig", "", "file that says how to reach the cluster; without it $KUBECONFIG, then ~/.kube/config")
	clientcmd.BindOverrideFlags(&f.overrides, flags, clientcmd.ConfigOverrideFlags{
		CurrentContext: clientcmd.FlagInfo{LongName: clientcmd.FlagContext, Description: "context of the kubeconfig"},
		Timeout:        clientcmd.FlagInfo{LongName: clientcmd.FlagTimeout, Description: "how long one request may take, such as 5s"},
		ContextOverrideFlags: clientcmd.ContextOverrideFlags{
			Namespace: clientcmd.FlagInfo{LongName: clientcmd.FlagNamespace, ShortName: "n", Description: "namespace of the services"},
		},
		AuthOverrideFlags: clientcmd.AuthOverrideFlags{
			Impersonate:       clientcmd.FlagInfo{LongName: clientcmd.FlagImpersonate, Description: "user whose rights to use"},
			ImpersonateGroups: clientcmd.FlagInfo{LongName: clientcmd.FlagImpersonateGroup, Description: "group whose rights to use; may be repeated"},
		},
	})
}

func (f *Flags) config() clientcmd.ClientConfig {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = f.kubeconfig
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &f.overrides)
}

// Namespace is the one that the flags or the kubeconfig name, else default.
func (f *Flags) Namespace() string {
	named, _, err := f.config().Namespace()
	if err != nil {
		named = f.overrides.Context.Namespace
	}
	return cmp.Or(named, "default")
}

// Connect returns the cluster. It sends no request.
func (f *Flags) Connect(agent string) (*Cluster, error) {
	config, err := f.config().ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("no cluster to look at: %w (name a kubeconfig, or read files with --from)", err)
	}
	return connect(config, agent)
}

func connect(config *rest.Config, agent string) (*Cluster, error) {
	cluster := &Cluster{}
	config.UserAgent, config.QPS = agent, -1
	config.Timeout = cmp.Or(config.Timeout, timeout)
	config.WarningHandler = rest.NoWarnings{}
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return counting{&cluster.requests, next} })
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	cluster.client, cluster.config = client, config
	return cluster, nil
}

// counting counts the requests that go through it.
type counting struct {
	requests *atomic.Int64
	next     http.RoundTripper
}

func (c counting) RoundTrip(request *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	return c.next.RoundTrip(request)
}
