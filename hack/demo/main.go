// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

func main() {
	image := flag.String("image", "", "the image of hack/demo/greeter (required)")
	blue := flag.String("blue", "", "where the Gateway blue is reached from here, if not at the address that it reports")
	green := flag.String("green", "", "the same for the Gateway green")
	roots := flag.String("roots", "", "a file with the root certificate of the ACME server; without one HTTPS is not shown")
	timeout := flag.Duration("timeout", 5*time.Minute, "how long all of it may take")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	if err := run(ctx, *image, *roots, map[string]string{"blue": *blue, "green": *green}); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

// demo is what the steps share.
type demo struct {
	client dynamic.Interface
	image  string
	// roots are those of the ACME server; nil where there is none.
	roots    *x509.CertPool
	gateways map[string]gateway
	services map[string]readyService
	report   report
}

func run(ctx context.Context, image, roots string, reachedAt map[string]string) error {
	client, err := connect()
	if err != nil {
		return err
	}
	d := &demo{client: client, image: image}
	if d.roots, err = readRoots(roots); err != nil {
		return err
	}
	if err := d.findGateways(ctx, reachedAt); err != nil {
		return err
	}
	if err := d.deployAll(ctx); err != nil {
		return err
	}
	if err := d.printServices(ctx); err != nil {
		return err
	}
	fmt.Println("\nRequests, each sent once:")
	d.askEachGateway(ctx)
	d.askInside(ctx)
	d.askSecurely(ctx)
	if err := d.canary(ctx); err != nil {
		return err
	}
	return d.report.err()
}

// findGateways waits until the Gateways have addresses.
func (d *demo) findGateways(ctx context.Context, reachedAt map[string]string) error {
	d.gateways = map[string]gateway{}
	for _, name := range []string{"blue", "green", "internal"} {
		g, err := awaitGateway(ctx, d.client.Resource(gateways).Namespace(gatewayNamespace), name)
		if err != nil {
			return fmt.Errorf("no address of Gateway %s/%s: %w", gatewayNamespace, name, err)
		}
		if at := reachedAt[name]; at != "" {
			g.dial = at
		}
		d.gateways[name] = g
	}
	return nil
}

// deployAll rolls the services out, all at once.
func (d *demo) deployAll(ctx context.Context) error {
	wanted, err := readServices(d.image, strconv.FormatInt(time.Now().Unix(), 36))
	if err != nil {
		return err
	}
	if d.roots == nil {
		wanted = slices.DeleteFunc(wanted, func(service *unstructured.Unstructured) bool { return service.GetName() == secure })
	}
	home := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace},
	}}
	if _, err := d.client.Resource(namespaces).Apply(ctx, namespace, home, byForce); err != nil {
		return err
	}
	var (
		running sync.WaitGroup
		results = make([]readyService, len(wanted))
		errs    = make([]error, len(wanted))
	)
	for i, service := range wanted {
		setTraffic(service, map[string]any{"latestRevision": true, "percent": int64(100)})
		running.Go(func() { results[i], errs[i] = deploy(ctx, d.client, service) })
	}
	running.Wait()
	d.services = map[string]readyService{}
	for _, service := range results {
		d.services[service.name] = service
	}
	return errors.Join(errs...)
}

// askEachGateway asks both external Gateways for every host, also for those that
// they must not serve.
func (d *demo) askEachGateway(ctx context.Context) {
	hello, beta, inner := d.services["hello"], d.services["beta"], d.services["inner"]
	blue, green := d.gateways["blue"], d.gateways["green"]
	d.report.expect(ctx, question{gateway: blue, host: hello.host, status: http.StatusOK, body: hello.revision})
	d.report.expect(ctx, question{gateway: green, host: hello.host, status: http.StatusNotFound})
	d.report.expect(ctx, question{gateway: green, host: beta.host, status: http.StatusOK, body: beta.revision})
	d.report.expect(ctx, question{gateway: blue, host: beta.host, status: http.StatusNotFound})
	public := strings.Replace(hello.host, hello.name, inner.name, 1)
	for _, gateway := range []gateway{blue, green} {
		for _, host := range []string{inner.host, public} {
			d.report.expect(ctx, question{gateway: gateway, host: host, status: http.StatusNotFound})
		}
	}
}

// askInside lets hello, a pod in the cluster, call the two others by their cluster-local names.
func (d *demo) askInside(ctx context.Context) {
	hello := d.services["hello"]
	for _, called := range []readyService{d.services["beta"], d.services["inner"]} {
		d.report.expect(ctx, question{
			gateway: d.gateways["blue"], host: hello.host, query: "?call=" + called.name,
			status: http.StatusOK, body: hello.revision + " called " + called.revision,
			as: fmt.Sprintf("hello calls http://%s.%s.svc.cluster.local", called.name, namespace),
		})
	}
}

// canary gives a new revision of hello 20 % and counts who answers.
func (d *demo) canary(ctx context.Context) error {
	old := d.services["hello"]
	wanted, err := readServices(d.image, "canary-of-"+old.revision)
	if err != nil {
		return err
	}
	hello := wanted[0]
	setTraffic(hello,
		map[string]any{"revisionName": old.revision, "percent": int64(100 - canaryPercent)},
		map[string]any{"latestRevision": true, "percent": int64(canaryPercent)})
	next, err := deploy(ctx, d.client, hello)
	if err != nil {
		return err
	}
	fmt.Printf("\nCanary: %d %% of hello to %s, Ready after %.1f s; %d requests:\n", canaryPercent, next.revision, next.seconds, canaryRequests)
	answers, err := ask(ctx, question{gateway: d.gateways["blue"], host: old.host}, canaryRequests)
	if err != nil {
		return err
	}
	d.report.share(answers, old.revision, next.revision)
	return nil
}

func setTraffic(service *unstructured.Unstructured, targets ...any) {
	service.Object["spec"].(map[string]any)["traffic"] = targets
}
