// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// newcomers come one after another.
	newcomers = 20
	// aftermath is how long the controller's work for a newcomer is counted after it is Ready.
	aftermath = time.Second
	// idle is how long the controller is watched while there is nothing to do.
	idle = 20 * time.Second
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
	quiet, err := u.growth(ctx, "quiet", true)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("beside %d KIngresses under one wildcard certificate, one more: ", *crowd)
	figures := []figure{
		seconds(name+fmt.Sprintf("Ready, median of %d; bare: all of it answers", newcomers), median(quiet.ready), "1.5 x").beside(median(quiet.bare)),
		seconds(name+"the controller's CPU for it, mean", quiet.cpu.Seconds()/newcomers, "0.1 s"),
	}
	beside, err := u.besideTenant(ctx, median(quiet.ready))
	return append(figures, beside...), err
}

// growth is how newcomers fared.
type growth struct {
	ready, bare []float64 // seconds
	cpu         time.Duration
}

// growth adds newcomers, each with one of a bare client after it where this is wanted.
func (u *underWildcard) growth(ctx context.Context, when string, withBare bool) (growth, error) {
	found := growth{}
	for i := range newcomers {
		used, err := u.cpuWhile(ctx, func() error {
			took, err := u.oneMore(ctx, fmt.Sprintf("%s-%d", when, i))
			found.ready = append(found.ready, took)
			return errors.Join(err, pause(ctx, aftermath))
		})
		if err != nil {
			return found, err
		}
		found.cpu += used
		if !withBare {
			continue
		}
		took, err := u.oneMoreBare(ctx, fmt.Sprintf("bare-%s-%d", when, i))
		if err != nil {
			return found, err
		}
		found.bare = append(found.bare, took)
		if err := pause(ctx, aftermath); err != nil {
			return found, err
		}
	}
	return found, nil
}

// besideTenant compares with what was measured without the tenant.
func (u *underWildcard) besideTenant(ctx context.Context, quiet float64) ([]figure, error) {
	if err := atRest(ctx, u.clients); err != nil {
		return nil, err
	}
	rest := func() error { return pause(ctx, idle) }
	before, err := u.cpuWhile(ctx, rest)
	if err != nil {
		return nil, err
	}
	stop, err := u.tenant(ctx)
	if err != nil {
		return nil, err
	}
	while, err := u.cpuWhile(ctx, rest)
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	noisy, err := u.growth(ctx, "noisy", false)
	if err = errors.Join(err, stop()); err != nil {
		return nil, err
	}
	percent := func(used time.Duration) float64 { return 100 * used.Seconds() / idle.Seconds() }
	name := fmt.Sprintf("a tenant's Service that looks like a data plane's is patched %d times a second, beside %d KIngresses: ", time.Second/patchEvery, *crowd)
	return []figure{
		figure{Name: name + "the controller's CPU; bare: without the tenant", Ours: percent(while), Unit: "% of a core", Target: "5 more"}.beside(percent(before)),
		seconds(name+fmt.Sprintf("one more Ready, median of %d; bare: without the tenant", newcomers), median(noisy.ready), "1.2 x").beside(quiet),
	}, nil
}

// tenant starts to patch a Service, and returns what ends that and tells whether all patches were accepted.
func (u *underWildcard) tenant(ctx context.Context) (stop func() error, err error) {
	service := u.newService("tenants-own")
	service.Labels = map[string]string{gatewayOf: u.external.name.Name}
	services := u.Kube.CoreV1().Services(u.namespace)
	if _, err := services.Create(ctx, service, metav1.CreateOptions{}); err != nil {
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
