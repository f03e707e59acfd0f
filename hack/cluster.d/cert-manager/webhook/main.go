// SPDX-License-Identifier: Apache-2.0

// Webhook is cert-manager's admission webhook.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/cert-manager/cert-manager/internal/webhook"
	"github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/options"
)

func main() {
	config, err := options.NewWebhookConfiguration()
	if err != nil {
		log.Fatal(err)
	}
	options.AddConfigFlags(pflag.CommandLine, config)
	pflag.Parse()
	logs.InitLogs()
	if err := logs.ValidateAndApply(&config.Logging); err != nil {
		log.Fatal(err)
	}
	server, err := webhook.NewCertManagerWebhookServer(logs.Log, *config)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
