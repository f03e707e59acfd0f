// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/test/cluster"
)

var waySizes = flag.String("way", "0,100,1000", "for way: comma-separated numbers of KIngresses that are Ready, each at least the one before")

// What Istio publishes of its own needs; docs/sizing.md says where, and what they are for.
const (
	istiodMemory  = "Istio publishes 1.5 GB for 1,000 services"
	istiodCPU     = "Istio publishes 1 core for 1,000 services"
	sidecarMemory = 60 // MB for each Pod
)

// part is one of the programs between a Knative Service and its users.
type part struct {
	name string
	pods []corev1.Pod
}

// way measures all that is in the way of requests to Knative Services: B-OPS-7. Serving itself is left out, because
// it is there with each networking plugin.
func way(ctx context.Context, c clients) ([]figure, error) {
	wanted, err := sizes("-way", *waySizes, 0)
	if err == nil && !slices.IsSorted(wanted) {
		err = fmt.Errorf("-way: %v must grow", wanted)
	}
	if err != nil {
		return nil, err
	}
	p, err := newBackedPlace(ctx, c, "way")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts, err := p.parts(ctx)
	if err != nil {
		return nil, err
	}
	observed, figures, there := p.observe(ctx), []figure{}, 0
	for _, size := range wanted {
		measured, err := p.wayWith(ctx, observed, parts, there, size)
		if err != nil {
			return figures, fmt.Errorf("%d KIngresses: %w", size, err)
		}
		figures, there = append(figures, measured...), size
	}
	return figures, nil
}

// parts are the programs of the whole way. A Pod that is both control plane and proxy counts as the first.
func (p *place) parts(ctx context.Context) ([]part, error) {
	controller, err := p.podsOf(ctx, cluster.SystemNamespace, controllerPods)
	if err != nil {
		return nil, err
	}
	webhook, err := p.podsOf(ctx, cluster.SystemNamespace, "app=net-gateways-webhook")
	if err != nil {
		return nil, err
	}
	control, proxies := []corev1.Pod{}, []corev1.Pod{}
	for _, name := range p.installed.Control {
		deployment, err := p.Kube.AppsV1().Deployments(name.Namespace).Get(ctx, name.Name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		found, err := p.podsOf(ctx, name.Namespace, metav1.FormatLabelSelector(deployment.Spec.Selector))
		if err != nil {
			return nil, err
		}
		control = append(control, found...)
	}
	for _, gateway := range []types.NamespacedName{p.external.name, p.other.name, p.local.name} {
		of := p.installed.Proxies(gateway)
		found, err := p.podsOf(ctx, of.Namespace, of.Labels.String())
		if err != nil {
			return nil, err
		}
		proxies = append(proxies, slices.DeleteFunc(found, func(pod corev1.Pod) bool {
			return slices.ContainsFunc(control, func(other corev1.Pod) bool { return other.UID == pod.UID })
		})...)
	}
	return []part{
		{fmt.Sprintf("controller, %d replicas", len(controller)), controller},
		{fmt.Sprintf("webhook, %d replicas", len(webhook)), webhook},
		{"control plane of the gateway", control},
		{fmt.Sprintf("proxies of 3 Gateways, %d Pods", len(proxies)), proxies},
	}, nil
}

// spent is what a part uses.
type spent struct {
	resident float64 // MiB
	resting  float64 // % of a core
	working  float64 // seconds of CPU until all were Ready
}

func (s spent) plus(other spent) spent {
	return spent{s.resident + other.resident, s.resting + other.resting, s.working + other.working}
}

// wayWith creates what is missing to so many KIngresses, and measures each part while they are created and at rest.
func (p *place) wayWith(ctx context.Context, observed *observer, parts []part, there, size int) ([]figure, error) {
	before, err := usages(parts)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := createFrom(ctx, there, size, p.ingress); err != nil {
		return nil, err
	}
	if _, err := observed.awaitReady(ctx, size); err != nil {
		return nil, err
	}
	if err := atRest(ctx, p.clients); err != nil {
		return nil, err
	}
	took := time.Since(began)
	ready, err := usages(parts)
	if err != nil {
		return nil, err
	}
	if err := pause(ctx, idle); err != nil {
		return nil, err
	}
	after, err := usages(parts)
	if err != nil {
		return nil, err
	}
	all := []spent{}
	for i := range parts {
		if ready[i].cpu < before[i].cpu || after[i].cpu < ready[i].cpu {
			return nil, fmt.Errorf("%s: a process was started again meanwhile", parts[i].name)
		}
		all = append(all, spent{after[i].mib(), 100 * (after[i].cpu - ready[i].cpu).Seconds() / idle.Seconds(), (ready[i].cpu - before[i].cpu).Seconds()})
	}
	return wayFigures(parts, all, there, size, took), nil
}

func usages(parts []part) ([]consumption, error) {
	found := []consumption{}
	for _, part := range parts {
		used, err := usageOf(part.pods)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
		found = append(found, used)
	}
	return found, nil
}

// wayFigures are those of each part, and of all but the proxies together.
func wayFigures(parts []part, all []spent, there, size int, took time.Duration) []figure {
	figures := []figure{}
	add := func(name string, s spent, memory, resting string) {
		name = fmt.Sprintf("the whole way with %d KIngresses: %s: ", size, name)
		figures = append(figures, figure{Name: name + "resident memory", Ours: s.resident, Unit: "MiB", Target: memory},
			figure{Name: name + "CPU at rest", Ours: s.resting, Unit: "% of a core", Target: resting})
		if size > there {
			figures = append(figures, figure{Name: name + fmt.Sprintf("CPU for %d more, until %.0f s later all rested", size-there, took.Seconds()), Ours: s.working, Unit: "s"})
		}
	}
	last, together := len(parts)-1, spent{}
	for i, part := range parts[:last] {
		add(part.name, all[i], "", "")
		together = together.plus(all[i])
	}
	add("these together", together, istiodMemory, istiodCPU)
	sidecars := ""
	if size > 0 {
		sidecars = fmt.Sprintf("Istio publishes %d MB for as many sidecars", size*sidecarMemory)
	}
	add(parts[last].name, all[last], sidecars, "")
	return figures
}
