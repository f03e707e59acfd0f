// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// newcomers come one after another.
	newcomers = 20
	// aftermath is how long the controller's work for a newcomer is counted after it is Ready.
	aftermath = time.Second
	// idle is how long the controller is watched while there is nothing to do.
	idle = 30 * time.Second
	// patchEvery is the pace of a tenant who writes to a Service that looks like a data plane's.
	patchEvery = 100 * time.Millisecond
	gatewayOf  = "gateway.networking.k8s.io/gateway-name"
)

// neighbours measures one more KIngress beside many that share its wildcard certificate, and
// again while a tenant patches a Service that is labelled as a Gateway's ten times a second.
func neighbours(ctx context.Context, c clients) ([]figure, error) {
	p, err := newBackedPlace(ctx, c, "neighbours")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	u, err := newUnderWildcard(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := create(ctx, *crowd, u.ingress); err != nil {
		return nil, err
	}
	if _, err := u.observed.awaitReady(ctx, *crowd); err != nil {
		return nil, err
	}
	if err := atRest(ctx, c); err != nil {
		return nil, err
	}
	found, err := u.newcomers(ctx)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("beside %d KIngresses under one wildcard certificate, one more: ", *crowd)
	tenant := fmt.Sprintf("Ready while a tenant patches a Service that looks like a data plane's %d times a second", time.Second/patchEvery)
	resting, besides, err := u.besideTenant(ctx)
	if err != nil {
		return nil, err
	}
	cpu := found.cpu.Seconds() / newcomers
	return []figure{
		seconds(name+fmt.Sprintf("Ready, median of %d; bare: all of it answers", newcomers), median(found.quiet), "1.5 x").beside(median(found.bare)),
		seconds(name+fmt.Sprintf("the controller's CPU until it is Ready and %s after, mean", aftermath), cpu, ""),
		seconds(name+"of that the CPU for it, without what the controller uses when nothing happens", cpu-resting*found.lasted.Seconds()/newcomers, "0.1 s"),
		seconds(name+tenant+"; bare: without the tenant", median(found.noisy), "1.2 x").beside(median(found.quiet)),
		seconds(name+"of the bare client, "+tenant+"; bare: without the tenant", median(found.noisyBare), "").beside(median(found.bare)),
		besides,
	}, nil
}

// fared are the seconds until newcomers were Ready, and until all of a bare client's answered, beside a tenant
// and without; and for those without the tenant the controller's CPU time, and the time in which it used it.
type fared struct {
	quiet, bare, noisy, noisyBare []float64
	cpu, lasted                   time.Duration
}

// newcomers come in turn: one, one of a bare client, and one of each beside the tenant.
func (u *underWildcard) newcomers(ctx context.Context) (fared, error) {
	found := fared{}
	for i := range newcomers {
		began := time.Now()
		used, err := u.cpuWhile(ctx, func() error { return u.measure(ctx, &found.quiet, u.oneMore, fmt.Sprintf("quiet-%d", i)) })
		if err != nil {
			return found, err
		}
		found.cpu += used
		found.lasted += time.Since(began)
		if err := u.measure(ctx, &found.bare, u.oneMoreBare, fmt.Sprintf("bare-%d", i)); err != nil {
			return found, fmt.Errorf("bare client: %w", err)
		}
		stop, err := u.tenant(ctx)
		if err != nil {
			return found, err
		}
		err = errors.Join(
			u.measure(ctx, &found.noisy, u.oneMore, fmt.Sprintf("noisy-%d", i)),
			u.measure(ctx, &found.noisyBare, u.oneMoreBare, fmt.Sprintf("noisy-bare-%d", i)), stop())
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// measure adds a newcomer, and lets what it causes come to its end.
func (u *underWildcard) measure(ctx context.Context, into *[]float64, add func(context.Context, string) (float64, error), name string) error {
	took, err := add(ctx, name)
	*into = append(*into, took)
	return errors.Join(err, pause(ctx, aftermath))
}

// besideTenant tells how much of a core the controller uses when nothing happens, and beside it what it uses while the tenant does
// nothing but patch.
func (u *underWildcard) besideTenant(ctx context.Context) (resting float64, beside figure, err error) {
	if err := atRest(ctx, u.clients); err != nil {
		return 0, figure{}, err
	}
	rest := func() error { return pause(ctx, idle) }
	before, err := u.cpuWhile(ctx, rest)
	if err != nil {
		return 0, figure{}, err
	}
	stop, err := u.tenant(ctx)
	if err != nil {
		return 0, figure{}, err
	}
	while, err := u.cpuWhile(ctx, rest)
	if err = errors.Join(err, stop()); err != nil {
		return 0, figure{}, err
	}
	share := func(used time.Duration) float64 { return used.Seconds() / idle.Seconds() }
	name := fmt.Sprintf("that tenant beside %d KIngresses, and nothing else: the controller's CPU; bare: without the tenant", *crowd)
	return share(before), figure{Name: name, Ours: 100 * share(while), Unit: "% of a core", Target: "5 more"}.beside(100 * share(before)), nil
}

// tenant starts to patch a Service, and returns what ends that and tells whether all patches were accepted.
func (u *underWildcard) tenant(ctx context.Context) (stop func() error, err error) {
	service := u.newService("tenants-own")
	service.Labels = map[string]string{gatewayOf: u.external.name.Name}
	if _, err := u.Kube.CoreV1().Services(u.namespace).Create(ctx, service, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ticker := time.NewTicker(patchEvery)
		defer ticker.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				ended <- nil
				return
			case <-ticker.C:
			}
			if err := patchLabel(ctx, u.clients, service, []string{u.external.name.Name, u.local.name.Name}[i%2]); err != nil && ctx.Err() == nil {
				ended <- err
				return
			}
		}
	}()
	return func() error { cancel(); return <-ended }, nil
}

func patchLabel(ctx context.Context, c clients, service *corev1.Service, gateway string) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": map[string]string{gatewayOf: gateway}}})
	if err != nil {
		return err
	}
	_, err = c.Kube.CoreV1().Services(service.Namespace).Patch(ctx, service.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}
