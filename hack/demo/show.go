// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/net-gateways/net-gateways/hack/demo/changes"
)

// demo is what the steps share.
type demo struct {
	client    dynamic.Interface
	namespace string
	// gatewayNamespace is where the Gateways blue, green and internal are.
	gatewayNamespace string
	image            string
	// current is a cluster that others use, too: the services say themselves of which class and domain they are.
	current bool
	// roots are those of the ACME server; nil where there is none.
	roots    *x509.CertPool
	gateways map[string]gateway
	services map[string]readyService
	report   report
	waiting  waiting
}

func show(ctx context.Context, o options) error {
	client, err := connect()
	if err != nil {
		return err
	}
	d := &demo{client: client, namespace: "demo", gatewayNamespace: o.gatewayNamespace, image: o.image, current: o.current}
	if d.current {
		d.namespace = changes.Namespace
	}
	if d.roots, err = readRoots(o.roots); err != nil {
		return err
	}
	saying, stop := context.WithCancel(ctx)
	defer stop()
	go d.waiting.say(saying)
	if err := d.findGateways(ctx, o.reachedAt); err != nil {
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
		d.waiting.set("an address of Gateway "+name, "")
		g, err := awaitGateway(ctx, d.client.Resource(gateways).Namespace(d.gatewayNamespace), name, name == "internal" || reachedAt[name] != "")
		if err != nil {
			return fmt.Errorf("no address of Gateway %s/%s: %w\n  Without a load balancer, say how it is reached from here: see hack/demo/run", d.gatewayNamespace, name, err)
		}
		d.waiting.done("an address of Gateway " + name)
		if at := reachedAt[name]; at != "" {
			g.dial = at
		}
		d.gateways[name] = g
	}
	return nil
}

// deployAll rolls the services out, all at once.
func (d *demo) deployAll(ctx context.Context) error {
	wanted, err := d.wantedServices(strconv.FormatInt(time.Now().Unix(), 36))
	if err != nil {
		return err
	}
	if d.roots == nil {
		wanted = slices.DeleteFunc(wanted, func(service *unstructured.Unstructured) bool { return service.GetName() == secure })
	}
	if !d.current { // there it exists
		home := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": d.namespace},
		}}
		if _, err := d.client.Resource(namespaces).Apply(ctx, d.namespace, home, byForce); err != nil {
			return err
		}
	}
	var (
		running sync.WaitGroup
		results = make([]readyService, len(wanted))
		errs    = make([]error, len(wanted))
	)
	for i, service := range wanted {
		setTraffic(service, map[string]any{"latestRevision": true, "percent": int64(100)})
		running.Go(func() { results[i], errs[i] = d.deploy(ctx, service) })
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
			as: fmt.Sprintf("hello calls http://%s.%s.svc.cluster.local", called.name, d.namespace),
		})
	}
}

// canary gives a new revision of hello 20 % and counts who answers.
func (d *demo) canary(ctx context.Context) error {
	old := d.services["hello"]
	wanted, err := d.wantedServices("canary-of-" + old.revision)
	if err != nil {
		return err
	}
	hello := wanted[0]
	setTraffic(hello,
		map[string]any{"revisionName": old.revision, "percent": int64(100 - canaryPercent)},
		map[string]any{"latestRevision": true, "percent": int64(canaryPercent)})
	next, err := d.deploy(ctx, hello)
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
