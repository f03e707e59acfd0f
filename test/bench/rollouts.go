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
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const (
	rolloutTimes = 10
	rolledOut    = "hello"
)

// rollouts gives one Knative Service new Revisions under load. After each the old
// Revision is deleted as soon as all answers are the new one's. The bare minimum is an
// HTTPRoute that a client switches when it sees what we see: that the KIngress changed.
func rollouts(ctx context.Context, c clients) ([]figure, error) {
	p, err := newPlace(ctx, c, "rollouts")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	if err := p.deployReady(ctx, rolledOut, programs[0]); err != nil {
		return nil, err
	}
	s, err := p.newSwitching(ctx, revisionName(1))
	if err != nil {
		return nil, err
	}
	r, err := p.rollAll(ctx, s)
	bare := s.load.stop()
	if err := cmp.Or(err, r.answers.check("rollouts"), bare.check("switches")); err != nil {
		return nil, err
	}
	written := func(count int) float64 { return float64(count) / rolloutTimes }
	name := fmt.Sprintf("%d rollouts: ", rolloutTimes)
	return append(r.answers.figures(name, *rate, bare),
		seconds(name+"Revision Ready until all traffic is on it, median", median(r.fromRevision), ""),
		seconds(name+"Revision Ready until all traffic is on it, worst", slices.Max(r.fromRevision), ""),
		seconds(name+"of that, from Serving's change of the KIngress, median", median(r.fromIngress), "1.5 x").beside(median(s.took)),
		seconds(name+"of that, from our change of the HTTPRoute, median", median(r.fromRoute), ""),
		figure{Name: name + "API writes each, HTTPRoutes", Ours: written(r.wrote.routes - len(s.took)), Unit: "writes"}.beside(2),
		figure{Name: name + "API writes each, KIngress status", Ours: written(r.wrote.status), Unit: "writes"}.beside(1),
	), nil
}

// rolled is what was measured in rollouts, in seconds.
type rolled struct {
	fromRevision, fromIngress, fromRoute []float64
	answers                              tally
	wrote                                apiWrites
}

func (p *place) rollAll(ctx context.Context, bare *switching) (rolled, error) {
	r := rolled{}
	before, err := writes(ctx, p.clients)
	if err != nil {
		return r, err
	}
	load := startLoad(p.external.address, p.externalHost(rolledOut), *rate)
	for i := range rolloutTimes {
		if err = p.rollout(ctx, step{load: load, bare: bare, number: i}, &r); err != nil {
			err = fmt.Errorf("rollout %d: %w", i+1, err)
			break
		}
	}
	if err == nil {
		err = p.awaitOldPodsGone(ctx)
	}
	r.answers = load.stop()
	if err != nil {
		return r, err
	}
	after, err := writes(ctx, p.clients)
	r.wrote = after.minus(before)
	return r, err
}

// step is one rollout of several, counted from 0.
type step struct {
	load   *load
	bare   *switching
	number int
}

// rollout replaces a Revision by the next, and deletes it.
func (p *place) rollout(ctx context.Context, at step, r *rolled) error {
	old, name, runs := revisionName(at.number+1), revisionName(at.number+2), programs[(at.number+1)%2]
	revisionReady := when(ctx, p, cluster.KRevisions, name, isReady)
	ingressChanged := when(ctx, p, cluster.KIngresses, rolledOut, leadsTo(name))
	routeChanged := when(ctx, p, cluster.HTTPRoutes, p.externalHost(rolledOut), routeLeadsTo(name))
	if err := p.change(ctx, rolledOut, func(service cluster.Object) {
		service["spec"].(map[string]any)["template"] = runs.template()
	}); err != nil {
		return err
	}
	ingress := <-ingressChanged
	if ingress.err != nil {
		return ingress.err
	}
	switched := make(chan error, 1)
	go func() { switched <- at.bare.to(ctx, name, runs.answer, ingress.at) }()
	revision, route := <-revisionReady, <-routeChanged
	if err := errors.Join(revision.err, route.err, <-switched); err != nil {
		return err
	}
	if err := p.awaitService(ctx, rolledOut, latest(name)); err != nil {
		return err
	}
	turned, err := at.load.turned(ctx, revision.at, says(runs.answer))
	if err != nil {
		return err
	}
	r.fromRevision = append(r.fromRevision, turned.Sub(revision.at).Seconds())
	r.fromIngress = append(r.fromIngress, turned.Sub(ingress.at).Seconds())
	r.fromRoute = append(r.fromRoute, turned.Sub(route.at).Seconds())
	return cluster.KRevisions.TryDelete(ctx, p.Cluster, p.namespace, old)
}

func revisionName(number int) string { return fmt.Sprintf("%s-%05d", rolledOut, number) }

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

// routeLeadsTo is met by an HTTPRoute whose requests go to a Revision.
func routeLeadsTo(revision string) cluster.Met[gatewayv1.HTTPRoute] {
	return func(route *gatewayv1.HTTPRoute) error {
		if route == nil || !slices.ContainsFunc(route.Spec.Rules, func(rule gatewayv1.HTTPRouteRule) bool {
			return slices.ContainsFunc(rule.BackendRefs, func(ref gatewayv1.HTTPBackendRef) bool { return string(ref.Name) == revision })
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
func (p *place) awaitOldPodsGone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	last := revisionName(rolloutTimes + 1)
	for {
		pods, err := p.Kube.CoreV1().Pods(p.namespace).List(ctx, metav1.ListOptions{LabelSelector: "serving.knative.dev/service=" + rolledOut + ",serving.knative.dev/revision!=" + last})
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
