// SPDX-License-Identifier: Apache-2.0

// Controller runs cert-manager's controllers: those for certificates, and the issuers ACME, CA and self-signed.
// One replica is all there is, so it elects no leader. What takes minutes or hours by default is short here, for tests.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/resource"
	logsapi "k8s.io/component-base/logs/api/v1"

	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/cert-manager/cert-manager/pkg/logs"

	// Each registers itself with the package controller, or with the package issuer.
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmechallenges"
	_ "github.com/cert-manager/cert-manager/pkg/controller/acmeorders"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/acme"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/acme"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

// workers of each controller, 5 in a release: the self-check of a challenge holds one of them for 8 seconds.
const workers = 30

func main() {
	var options controller.ContextOptions
	setDefaults(&options)
	pflag.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", "kube-system", "where the Secrets of ClusterIssuers are")
	pflag.StringVar(&options.HTTP01SolverImage, "acme-http01-solver-image", "", "the image that answers challenges")
	pflag.DurationVar(&options.DNS01CheckRetryPeriod, "check-retry-period", time.Second, "how long a challenge waits after a failed self-check, 10s in a release")
	pflag.DurationVar(&options.CertificateRequestMinimumBackoffDuration, "minimum-backoff", 5*time.Second, "how long a Certificate waits after its first failed request, 1h in a release")
	logging := logsapi.NewLoggingConfiguration()
	logs.AddFlags(logging, pflag.CommandLine)
	pflag.Parse()
	logs.InitLogs()
	if err := logs.ValidateAndApply(logging); err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, options); err != nil {
		log.Fatal(err)
	}
}

// setDefaults holds what a release sets by default and what has no flag here.
func setDefaults(options *controller.ContextOptions) {
	options.CertificateRequestMaximumBackoffDuration = time.Minute
	options.CopiedAnnotationPrefixes = []string{"*", "-kubectl.kubernetes.io/"}
	options.MaxConcurrentChallenges = 60
	options.ACMEHTTP01SolverRunAsNonRoot = true
	options.HTTP01SolverResourceRequestCPU = resource.MustParse("1m")
	options.HTTP01SolverResourceRequestMemory = resource.MustParse("16Mi")
	options.HTTP01SolverResourceLimitsCPU = resource.MustParse("500m")
	options.HTTP01SolverResourceLimitsMemory = resource.MustParse("64Mi")
}

// run starts everything that is registered, then the informers that it asked for.
func run(ctx context.Context, options controller.ContextOptions) error {
	factory, err := controller.NewContextFactory(ctx, options)
	if err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, construct := range controller.Known() {
		loop, err := construct(factory)
		if err != nil {
			return err
		}
		group.Go(func() error { return loop.Run(workers, ctx) })
	}
	shared.SharedInformerFactory.Start(ctx.Done())
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
	return group.Wait()
}
