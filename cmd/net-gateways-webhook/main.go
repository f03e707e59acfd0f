// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/informers"
	kubeclient "knative.dev/pkg/client/injection/kube/client"
	"knative.dev/pkg/configmap"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/clients/namespacedkube/informers/factory"
	"knative.dev/pkg/signals"
	"knative.dev/pkg/system"
	"knative.dev/pkg/webhook"
	"knative.dev/pkg/webhook/certificates"
	"knative.dev/pkg/webhook/configmaps"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/startup"
	"github.com/net-gateways/net-gateways/pkg/version"
)

const (
	component         = "net-gateways-webhook" // also its Service's name
	configurationName = "config.webhook.net-gateways.networking.internal.knative.dev"
	secretName        = "net-gateways-webhook-certs"

	// port is fixed: WEBHOOK_PORT, which knative.dev/pkg reads, is set by Kubernetes
	// itself wherever the namespace has a Service named webhook, as Serving's has.
	port = 8443

	// gracePeriod covers the seconds that an API server needs to learn that a
	// replica is shut down; knative.dev/pkg's 45 s are for webhooks with much traffic.
	gracePeriod = 5 * time.Second
)

func main() {
	flag.Usage = usage
	version.Flag()
	injection.Default.RegisterInformerFactory(withOwnSecretOnly)
	ctx := webhook.WithOptions(signals.NewContext(), webhook.Options{
		ServiceName: component,
		Port:        port,
		SecretName:  secretName,
		GracePeriod: gracePeriod,
	})
	startup.Program{Component: component, Metrics: metrics.New()}.Run(ctx, startup.Logged(startup.BesideServing(certificates.NewController)), newConfigValidation)
}

func newConfigValidation(ctx context.Context, _ configmap.Watcher) *controller.Impl {
	impl := configmaps.NewAdmissionController(ctx, configurationName, "/config-validation",
		configmap.Constructors{config.Name: config.NewFromConfigMap})
	impl.Reconciler = advised{impl.Reconciler.(validation)}
	return impl
}

// withOwnSecretOnly replaces the factory of the same key, which was registered
// before it and would watch every Secret of the system namespace.
func withOwnSecretOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, factory.Key{}, informers.NewSharedInformerFactoryWithOptions(
		kubeclient.Get(ctx), controller.GetResyncPeriod(ctx),
		informers.WithNamespace(system.Namespace()),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) {
			options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, secretName).String()
		})))
}

func usage() {
	fmt.Fprintf(flag.CommandLine.Output(), `%s checks the ConfigMap %s at admission.

It runs in a pod of the namespace that it guards and takes its settings from the environment:
  SYSTEM_NAMESPACE  that namespace (required)
  POD_NAME          its name in logs and leader election (required)
It serves HTTPS on :8443, its health on :8080/health and its metrics on :9090/metrics, unless config-observability says otherwise.

Flags:
`, component, config.Name)
	flag.PrintDefaults()
}
