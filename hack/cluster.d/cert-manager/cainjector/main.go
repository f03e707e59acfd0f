// SPDX-License-Identifier: Apache-2.0

// Cainjector writes the authority of cert-manager's webhook into the webhook configurations that name its Secret.
package main

import (
	"log"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	logsapi "k8s.io/component-base/logs/api/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	metrics "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util"
)

func main() {
	address := pflag.String("metrics-listen-address", "0", "where metrics are served; 0 is nowhere")
	logging := logsapi.NewLoggingConfiguration()
	logs.AddFlags(logging, pflag.CommandLine)
	pflag.Parse()
	logs.InitLogs()
	if err := logs.ValidateAndApply(logging); err != nil {
		log.Fatal(err)
	}
	ctrl.SetLogger(logs.Log)
	if err := run(*address); err != nil {
		log.Fatal(err)
	}
}

// run handles the two kinds that the cluster needs. Secrets are read when they are needed, not kept in memory.
func run(metricsAddress string) error {
	// The user agent becomes the field manager.
	config := util.RestConfigWithUserAgent(ctrl.GetConfigOrDie(), "cainjector")
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Scheme:  scheme.Scheme,
		Metrics: metrics.Options{BindAddress: metricsAddress},
		Client:  client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
	})
	if err != nil {
		return err
	}
	ctx := ctrl.SetupSignalHandler()
	err = cainjector.RegisterAllInjectors(ctx, manager, cainjector.SetupOptions{EnabledReconcilersFor: map[string]bool{
		cainjector.MutatingWebhookConfigurationName:   true,
		cainjector.ValidatingWebhookConfigurationName: true,
	}})
	if err != nil {
		return err
	}
	return manager.Start(ctx)
}
