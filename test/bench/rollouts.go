// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	rolloutTimes = 10
	// bareRate is how often a second the bare minimum is asked: enough to see when it turns,
	// and little beside the load of our rollouts.
	bareRate = 100
)

// rollouts measures the rollouts of two Knative Services.
func rollouts(ctx context.Context, c clients) ([]figure, error) {
	ours, bare, wrote, err := rollBoth(ctx, c)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("%d rollouts: ", rolloutTimes)
	written := func(count int) float64 { return float64(count)/rolloutTimes - 1 } // without those of the bare plugin
	return append(ours.answers.figures(name, ours.rate, bare.answers),
		seconds(name+"Revision Ready until all traffic is on it, median", median(ours.fromRevision), "1.5 x").beside(median(bare.fromRevision)),
		seconds(name+"Revision Ready until all traffic is on it, worst", slices.Max(ours.fromRevision), "").beside(slices.Max(bare.fromRevision)),
		seconds(name+"of that, from Serving's change of the KIngress, median", median(ours.fromIngress), "1.5 x").beside(median(bare.fromIngress)),
		figure{Name: name + "API writes each, HTTPRoutes", Ours: written(wrote.routes), Unit: "writes"}.beside(1),
		figure{Name: name + "API writes each, KIngress status", Ours: written(wrote.status), Unit: "writes"}.beside(1),
	), nil
}

// rollBoth gives two Knative Services new Revisions under load, in turn. After each the old
// Revision is deleted as soon as all answers are the new one's. One is served by us, the
// other by a bare plugin: Serving's work, which keeps the machine busy, is the same for both.
func rollBoth(ctx context.Context, c clients) (ours, bare rolled, wrote apiWrites, err error) {
	ours, bare = rolled{service: "hello", class: ingressClass, rate: *rate}, rolled{service: "bare", class: bareClass, rate: bareRate}
	p, err := newPlace(ctx, c, "rollouts")
	if err != nil {
		return ours, bare, wrote, err
	}
	defer p.remove()
	serving, endServing := context.WithCancelCause(ctx)
	defer endServing(nil)
	go func() {
		if err := (barePlugin{p, "bare"}).serve(serving, rolloutTimes+1); err != nil {
			endServing(err)
		}
	}()
	wrote, err = p.rollInTurn(serving, &ours, &bare)
	return ours, bare, wrote, cmp.Or(context.Cause(serving), err, ours.answers.check("rollouts"), bare.answers.check("bare rollouts"))
}

// rolled is what was measured in the rollouts of one Knative Service, in seconds.
type rolled struct {
	service, class            string
	rate                      int
	load                      *load
	fromRevision, fromIngress []float64
	answers                   tally
}

func (p *place) rollInTurn(ctx context.Context, both ...*rolled) (apiWrites, error) {
	for _, r := range both {
		if err := p.begin(ctx, r); err != nil {
			return apiWrites{}, fmt.Errorf("%s: %w", r.service, err)
		}
	}
	before, err := writes(ctx, p.clients)
	if err != nil {
		return apiWrites{}, err
	}
	for _, r := range both {
		r.load = startLoad(p.external.address, p.externalHost(r.service), r.rate)
	}
	errs := []error{p.rollAll(ctx, both)}
	for _, r := range both {
		if errs[0] == nil {
			errs = append(errs, p.awaitOldPodsGone(ctx, r.service))
		}
		r.answers = r.load.stop()
	}
	after, err := writes(ctx, p.clients)
	return after.minus(before), cmp.Or(errors.Join(errs...), err)
}

// begin makes a Knative Service and waits until it answers.
func (p *place) begin(ctx context.Context, r *rolled) error {
	if err := p.deployAs(ctx, r.service, programs[0], r.class); err != nil {
		return err
	}
	if err := p.awaitService(ctx, r.service, isReady); err != nil {
		return err
	}
	_, err := (request{address: p.external.address, host: p.externalHost(r.service)}).until(ctx)
	return err
}

func (p *place) rollAll(ctx context.Context, both []*rolled) error {
	for i := range rolloutTimes {
		for _, r := range both {
			if err := p.rollout(ctx, r, i); err != nil {
				return fmt.Errorf("rollout %d of %s: %w", i+1, r.service, err)
			}
		}
	}
	return nil
}

// rollout replaces a Revision by the next, and deletes it.
func (p *place) rollout(ctx context.Context, r *rolled, number int) error {
	old, name, runs := revisionName(r.service, number+1), revisionName(r.service, number+2), programs[(number+1)%2]
	revisionReady := when(ctx, p, cluster.KRevisions, name, isReady)
	ingressChanged := when(ctx, p, cluster.KIngresses, r.service, leadsTo(name))
	if err := p.change(ctx, r.service, func(service cluster.Object) {
		service["spec"].(map[string]any)["template"] = runs.template()
	}); err != nil {
		return err
	}
	revision, ingress := <-revisionReady, <-ingressChanged
	if err := errors.Join(revision.err, ingress.err, p.awaitService(ctx, r.service, latest(name))); err != nil {
		return err
	}
	turned, err := r.load.turned(ctx, revision.at, says(runs.answer))
	if err != nil {
		return err
	}
	r.fromRevision = append(r.fromRevision, turned.Sub(revision.at).Seconds())
	r.fromIngress = append(r.fromIngress, turned.Sub(ingress.at).Seconds())
	return cluster.KRevisions.TryDelete(ctx, p.Cluster, p.namespace, old)
}

// revisionName is what Serving calls a Revision, the first being number 1.
func revisionName(service string, number int) string { return fmt.Sprintf("%s-%05d", service, number) }

// leadsTo is met by a KIngress that sends traffic to a Revision.
func leadsTo(revision string) cluster.Met[v1alpha1.Ingress] {
	return func(ing *v1alpha1.Ingress) error {
		if ing == nil || len(ing.Spec.Rules) == 0 || !slices.ContainsFunc(ing.Spec.Rules[0].HTTP.Paths[0].Splits, func(split v1alpha1.IngressBackendSplit) bool {
			return split.ServiceName == revision
		}) {
			return fmt.Errorf("does not lead to %s", revision)
		}
		return nil
	}
}

// latest is met by a Ready Knative Service whose latest Ready Revision it is.
func latest(revision string) cluster.Met[cluster.Object] {
	return func(service *cluster.Object) error {
		if err := isReady(service); err != nil {
			return err
		}
		if is := service.String("status", "latestReadyRevisionName"); is != revision {
			return fmt.Errorf("its latest Ready Revision is %s, want %s", is, revision)
		}
		return nil
	}
}

// awaitOldPodsGone returns when only the last Revision has a Pod: requests could
// still be lost while one ends.
func (p *place) awaitOldPodsGone(ctx context.Context, service string) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	last := revisionName(service, rolloutTimes+1)
	for {
		pods, err := p.Kube.CoreV1().Pods(p.namespace).List(ctx, metav1.ListOptions{LabelSelector: "serving.knative.dev/service=" + service + ",serving.knative.dev/revision!=" + last})
		if err != nil || len(pods.Items) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d Pods of deleted Revisions are left: %w", len(pods.Items), ctx.Err())
		case <-ticker.C:
		}
	}
}
