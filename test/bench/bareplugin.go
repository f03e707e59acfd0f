// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// bareClass is the ingress class of the Knative Service that the bare plugin serves.
const bareClass = "bare.bench"

// barePlugin is the least that serves the KIngress of one Knative Service: one HTTPRoute that
// leads where the KIngress does, and a status that says so, unproven.
type barePlugin struct {
	*place
	service string
}

// serve follows the KIngress through its Revisions, of which the first is number 1, until the
// context ends.
func (b barePlugin) serve(ctx context.Context, revisions int) error {
	for number := 1; number <= revisions; number++ {
		revision := revisionName(b.service, number)
		ing, err := cluster.KIngresses.TryAwait(ctx, b.Cluster, b.namespace, b.service, within, leadsTo(revision))
		if err != nil {
			return fmt.Errorf("bare plugin: KIngress %s: %w", b.service, err)
		}
		if err := b.route(ctx, revision); err != nil {
			return fmt.Errorf("bare plugin: HTTPRoute to %s: %w", revision, err)
		}
		if err := b.report(ctx, ing); err != nil {
			return fmt.Errorf("bare plugin: status of KIngress %s: %w", b.service, err)
		}
	}
	return nil
}

// route leads all traffic to a Revision.
func (b barePlugin) route(ctx context.Context, revision string) error {
	host := b.externalHost(b.service)
	err := b.patchRoute(ctx, host, map[string]any{"rules": b.activatorRules(revision)})
	if !apierrors.IsNotFound(err) {
		return err
	}
	route := b.newRoute([]string{host}, b.external.name, revision)
	route.Spec.Rules = b.activatorRules(revision)
	_, err = b.gateway.GatewayV1().HTTPRoutes(b.namespace).Create(ctx, route, metav1.CreateOptions{})
	return err
}

// report says that the KIngress is served at its present generation.
func (b barePlugin) report(ctx context.Context, ing *v1alpha1.Ingress) error {
	ing = ing.DeepCopy()
	ing.Status.InitializeConditions()
	ing.Status.MarkNetworkConfigured()
	at := []v1alpha1.LoadBalancerIngressStatus{{IP: b.external.address}}
	ing.Status.MarkLoadBalancerReady(at, at)
	ing.Status.ObservedGeneration = ing.Generation
	_, err := b.networking.NetworkingV1alpha1().Ingresses(b.namespace).UpdateStatus(ctx, ing, metav1.UpdateOptions{FieldManager: manager})
	return err
}
