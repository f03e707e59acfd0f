// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
	"github.com/net-gateways/net-gateways/test/gateways"
)

// lookAgain is how often a measurement looks whether the cluster is as it waits for.
const lookAgain = 250 * time.Millisecond

// fleet is how many proxies each of two Gateways has meanwhile.
const fleet = 10

// proxies creates KIngresses at once where each Gateway has ten proxies; a bare client waits
// until each proxy answers for each of its hosts. Before each run the proxies have forgotten the
// one before: twenty proxies on a small node take a while for that.
func proxies(ctx context.Context, c clients) ([]figure, error) {
	wanted, err := sizes("-fleets", *fleetSizes, 1)
	if err != nil {
		return nil, err
	}
	p, err := newPlace(ctx, c, "proxies")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	if reason := p.installed.Lacks(gateways.HasPolicies); reason != "" {
		return nil, errors.New(reason)
	}
	for gateway, envoyProxy := range map[types.NamespacedName]string{p.external.name: "public", p.local.name: "private"} {
		restore, err := p.multiply(ctx, gateway, envoyProxy)
		defer restore()
		if err != nil {
			return nil, err
		}
	}
	if _, err := bareFleet(ctx, c, warmUp); err != nil {
		return nil, fmt.Errorf("warm-up: %w", err)
	}
	figures := []figure{}
	for _, size := range wanted {
		bare, err := bareFleet(ctx, c, size)
		if err != nil {
			return figures, fmt.Errorf("bare client, %d KIngresses: %w", size, err)
		}
		ours, err := fleetBurst(ctx, c, size)
		if err != nil {
			return figures, fmt.Errorf("%d KIngresses: %w", size, err)
		}
		name := fmt.Sprintf("%d proxies a Gateway, burst of %d KIngresses: all Ready; bare: each proxy answers for each host", fleet, size)
		figures = append(figures, seconds(name, ours.Seconds(), "1.3 x").beside(bare.Seconds()))
	}
	return figures, nil
}

// multiply gives a Gateway an EnvoyProxy of its own, a copy of its class's, with many
// replicas, and waits for these. What it returns takes all of it back.
func (p *place) multiply(ctx context.Context, gateway types.NamespacedName, envoyProxy string) (restore func(), err error) {
	restore = func() {}
	of := p.Dynamic.Resource(cluster.EnvoyProxies.Resource()).Namespace(gateway.Namespace)
	found, err := of.Get(ctx, envoyProxy, metav1.GetOptions{})
	if err != nil {
		return restore, err
	}
	many := &unstructured.Unstructured{Object: map[string]any{"spec": found.Object["spec"]}}
	many.SetGroupVersionKind(found.GroupVersionKind())
	many.SetName(envoyProxy + "-bench")
	deployment := []string{"spec", "provider", "kubernetes", "envoyDeployment"}
	if err := errors.Join(
		unstructured.SetNestedField(many.Object, int64(fleet), append(deployment, "replicas")...),
		// What a proxy asks for by default is too much for so many on one small node.
		unstructured.SetNestedField(many.Object, "10m", append(deployment, "container", "resources", "requests", "cpu")...),
	); err != nil {
		return restore, err
	}
	if _, err := of.Create(ctx, many, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return restore, err
	}
	restore = func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		err := p.parameters(ctx, gateway, "null")
		if err = errors.Join(err, of.Delete(ctx, many.GetName(), metav1.DeleteOptions{}), p.awaitProxies(ctx, gateway, 1)); err != nil {
			log.Printf("give Gateway %s its one proxy back: %v", gateway, err)
		}
	}
	if err := p.parameters(ctx, gateway, fmt.Sprintf(`{"parametersRef":{"group":%q,"kind":"EnvoyProxy","name":%q}}`, cluster.EnvoyProxies.Group, many.GetName())); err != nil {
		return restore, err
	}
	return restore, p.awaitProxies(ctx, gateway, fleet)
}

func (p *place) parameters(ctx context.Context, gateway types.NamespacedName, infrastructure string) error {
	_, err := p.gateway.GatewayV1().Gateways(gateway.Namespace).Patch(ctx, gateway.Name, types.MergePatchType, []byte(`{"spec":{"infrastructure":`+infrastructure+`}}`), metav1.PatchOptions{})
	return err
}

func (p *place) awaitProxies(ctx context.Context, gateway types.NamespacedName, number int) error {
	for {
		found, err := p.proxiesOf(ctx, gateway)
		if err != nil || len(found) == number {
			return err
		}
		if err := pause(ctx, lookAgain); err != nil {
			return fmt.Errorf("Gateway %s has %d proxies: %w", gateway, len(found), err)
		}
	}
}

// proxiesOf are the addresses of a Gateway's ready proxies, with the port behind port 80.
func (p *place) proxiesOf(ctx context.Context, gateway types.NamespacedName) ([]string, error) {
	of := p.installed.Proxies(gateway)
	services, err := p.Kube.CoreV1().Services(of.Namespace).List(ctx, metav1.ListOptions{LabelSelector: of.Labels.String()})
	if err != nil {
		return nil, err
	}
	if len(services.Items) != 1 {
		return nil, fmt.Errorf("Gateway %s has %d Services", gateway, len(services.Items))
	}
	service := services.Items[0]
	slicesOf, err := p.Kube.DiscoveryV1().EndpointSlices(service.Namespace).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name})
	if err != nil {
		return nil, err
	}
	found := []string{}
	for _, slice := range slicesOf.Items {
		at := slices.IndexFunc(slice.Ports, func(port discoveryv1.EndpointPort) bool { return *port.Name == service.Spec.Ports[0].Name })
		for _, endpoint := range slice.Endpoints {
			if at >= 0 && *endpoint.Conditions.Ready {
				found = append(found, net.JoinHostPort(endpoint.Addresses[0], strconv.Itoa(int(*slice.Ports[at].Port))))
			}
		}
	}
	return found, nil
}

// bareFleet is the run of the bare client.
func bareFleet(ctx context.Context, c clients, size int) (time.Duration, error) {
	p, err := newBackedPlace(ctx, c, "bare")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = create(ctx, size, func(ctx context.Context, name string) error { return p.bare(ctx, name, (*place).sameRoutes) })
	if err == nil {
		err = p.eachProxy(ctx, size, http.StatusOK)
	}
	took := time.Since(began)
	p.remove()
	return took, errors.Join(err, p.eachProxy(ctx, size, http.StatusNotFound))
}

// fleetBurst is the run of the controller.
func fleetBurst(ctx context.Context, c clients, size int) (time.Duration, error) {
	var p *place
	took, err := burstOnce(ctx, c, size, func(at *place) error { p = at; return nil })
	if err != nil {
		return 0, err
	}
	return took, p.eachProxy(ctx, size, http.StatusNotFound)
}

// eachProxy waits until each proxy of both Gateways answers so for a host of each service.
func (p *place) eachProxy(ctx context.Context, size, code int) error {
	external, err := p.proxiesOf(ctx, p.external.name)
	if err != nil {
		return err
	}
	local, err := p.proxiesOf(ctx, p.local.name)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(waiters)
	for i := range size {
		for _, address := range external {
			asked := request{address: address, host: p.externalHost(serviceName(i)), code: code}
			group.Go(func() error { _, err := asked.until(ctx); return err })
		}
		for _, address := range local {
			asked := request{address: address, host: p.localHosts(serviceName(i))[2], code: code}
			group.Go(func() error { _, err := asked.until(ctx); return err })
		}
	}
	return group.Wait()
}
