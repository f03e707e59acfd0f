// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
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
	timeout := flag.Duration("timeout", 5*time.Minute, "how long all of it may take")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *timeout)
	defer cancel()
	if err := run(ctx, *image, map[string]string{"blue": *blue, "green": *green}); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, image string, reachedAt map[string]string) error {
	client, err := connect()
	if err != nil {
		return err
	}
	where, err := findGateways(ctx, client, reachedAt)
	if err != nil {
		return err
	}
	all, err := deployAll(ctx, client, image)
	if err != nil {
		return err
	}
	if err := printServices(ctx, client, all, where); err != nil {
		return err
	}
	var report report
	fmt.Println("\nRequests, each sent once:")
	askEachGateway(ctx, &report, all, where)
	askInside(ctx, &report, all, where)
	if err := canary(ctx, client, image, all["hello"], where["blue"], &report); err != nil {
		return err
	}
	return report.err()
}

// deployAll rolls the three services out, all at once.
func deployAll(ctx context.Context, client dynamic.Interface, image string) (map[string]readyService, error) {
	wanted, err := readServices(image, strconv.FormatInt(time.Now().Unix(), 36))
	if err != nil {
		return nil, err
	}
	demo := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace},
	}}
	if _, err := client.Resource(namespaces).Apply(ctx, namespace, demo, byForce); err != nil {
		return nil, err
	}
	var (
		running sync.WaitGroup
		results = make([]readyService, len(wanted))
		errs    = make([]error, len(wanted))
	)
	for i, service := range wanted {
		setTraffic(service, map[string]any{"latestRevision": true, "percent": int64(100)})
		running.Go(func() { results[i], errs[i] = deploy(ctx, client, service) })
	}
	running.Wait()
	all := map[string]readyService{}
	for i, service := range results {
		if errs[i] != nil {
			return nil, errs[i]
		}
		all[service.name] = service
	}
	return all, nil
}

// askEachGateway asks both external Gateways for every host, also for those that
// they must not serve.
func askEachGateway(ctx context.Context, r *report, all map[string]readyService, where map[string]gateway) {
	hello, beta, inner := all["hello"], all["beta"], all["inner"]
	blue, green := where["blue"], where["green"]
	r.expect(ctx, question{gateway: blue, host: hello.host, status: http.StatusOK, body: hello.revision})
	r.expect(ctx, question{gateway: green, host: hello.host, status: http.StatusNotFound})
	r.expect(ctx, question{gateway: green, host: beta.host, status: http.StatusOK, body: beta.revision})
	r.expect(ctx, question{gateway: blue, host: beta.host, status: http.StatusNotFound})
	public := strings.Replace(hello.host, hello.name, inner.name, 1)
	for _, gateway := range []gateway{blue, green} {
		for _, host := range []string{inner.host, public} {
			r.expect(ctx, question{gateway: gateway, host: host, status: http.StatusNotFound})
		}
	}
}

// askInside lets hello, a pod in the cluster, call the two others by their cluster-local names.
func askInside(ctx context.Context, r *report, all map[string]readyService, where map[string]gateway) {
	hello := all["hello"]
	for _, called := range []readyService{all["beta"], all["inner"]} {
		r.expect(ctx, question{
			gateway: where["blue"], host: hello.host, query: "?call=" + called.name,
			status: http.StatusOK, body: hello.revision + " called " + called.revision,
			as: fmt.Sprintf("hello calls http://%s.%s.svc.cluster.local", called.name, namespace),
		})
	}
}

// canary gives a new revision of hello 20 % and counts who answers.
func canary(ctx context.Context, client dynamic.Interface, image string, old readyService, blue gateway, r *report) error {
	wanted, err := readServices(image, "canary-of-"+old.revision)
	if err != nil {
		return err
	}
	hello := wanted[0]
	setTraffic(hello,
		map[string]any{"revisionName": old.revision, "percent": int64(100 - canaryPercent)},
		map[string]any{"latestRevision": true, "percent": int64(canaryPercent)})
	next, err := deploy(ctx, client, hello)
	if err != nil {
		return err
	}
	fmt.Printf("\nCanary: %d %% of hello to %s, Ready after %.1f s; %d requests:\n", canaryPercent, next.revision, next.seconds, canaryRequests)
	answers, err := ask(ctx, question{gateway: blue, host: old.host}, canaryRequests)
	if err != nil {
		return err
	}
	r.share(answers, old.revision, next.revision)
	return nil
}

func setTraffic(service *unstructured.Unstructured, targets ...any) {
	service.Object["spec"].(map[string]any)["traffic"] = targets
}

// findGateways waits until the Gateways have addresses.
func findGateways(ctx context.Context, client dynamic.Interface, reachedAt map[string]string) (map[string]gateway, error) {
	found := map[string]gateway{}
	for _, name := range []string{"blue", "green", "internal"} {
		g, err := awaitGateway(ctx, client.Resource(gateways).Namespace(gatewayNamespace), name)
		if err != nil {
			return nil, fmt.Errorf("Gateway %s/%s has no address: %w", gatewayNamespace, name, err)
		}
		if at := reachedAt[name]; at != "" {
			g.dial = at
		}
		found[name] = g
	}
	return found, nil
}
