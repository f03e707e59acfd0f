// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/sets"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/pkg/system"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/conditions"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/status"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// gatherUnsaid finds out about a visibility of which config-gateway says nothing, now and
// since the start of the controller. Nobody knows then what is wanted: what stands for it
// stays, and a KIngress that is not served yet is told what to write (SPEC B-INS-9).
func (r *Reconciler) gatherUnsaid(ctx context.Context, seen *observed, visibility v1alpha1.IngressVisibility, side *observedSide) error {
	wish := seen.config.Wish(visibility)
	side.unsaid, side.unserved = wish == config.Unsaid, wish == config.Nothing
	if !side.unsaid {
		return nil
	}
	if side.kept = !seen.needs(visibility) || seen.settledAt(visibility); side.kept {
		return nil
	}
	if seen.state.Problem != nil {
		side.refusal = configRefused(seen.state.Problem)
		return nil
	}
	command, err := r.missingLists(ctx, seen.state)
	if err != nil {
		return err
	}
	side.refusal = &conditions.Refusal{Code: conditions.ReasonGatewayNotConfigured, Detail: fmt.Sprintf(
		"no gateway is configured: ConfigMap %s says nothing under %s; write it, [] if no such hosts are to be served: %s",
		config.Name, strings.Join(seen.config.Unsaid(), " and "), command)}
	return nil
}

// missingLists is the command that writes the lists of which nothing is known.
func (r *Reconciler) missingLists(ctx context.Context, state config.State) (string, error) {
	lists := []config.List{}
	for _, visibility := range config.Visibilities {
		if state.Config.Wish(visibility) != config.Unsaid {
			continue
		}
		proposals, err := r.cluster.Proposals(ctx, visibility)
		if err != nil {
			return "", err
		}
		lists = append(lists, config.Propose(config.ListKey(visibility), proposals))
	}
	return config.Command(state.Exists, system.Namespace(), lists), nil
}

// settledAt tells whether this generation was Ready at a visibility and each of its hosts
// still has a route.
func (seen *observed) settledAt(visibility v1alpha1.IngressVisibility) bool {
	proof, proven := status.ProofsOf(seen.ingress.Status)[visibility]
	if !status.IsSettled(seen.ingress.Status, seen.ingress.Generation) && (!proven || proof.Generation != seen.ingress.Generation) {
		return false
	}
	standing := sets.New[gatewayv1.Hostname]()
	for _, route := range seen.routes {
		if seen.standsFor(route, visibility) {
			standing.Insert(route.Spec.Hostnames...)
		}
	}
	return standing.IsSuperset(seen.hostsAt(visibility))
}

// standsFor tells whether a route serves hosts that the KIngress has at a visibility. One
// with a host that is private now does not stand for the external side, whatever else it
// serves (SPEC B-SEL-7). Of a route that tells no visibility the hosts decide alone.
func (seen *observed) standsFor(route *gatewayv1.HTTPRoute, visibility v1alpha1.IngressVisibility) bool {
	hosts := seen.hostsAt(visibility)
	own, known := translate.VisibilityOf(route)
	switch {
	case !known:
		return len(route.Spec.Hostnames) > 0 && hosts.HasAll(route.Spec.Hostnames...)
	case own != visibility || !hosts.HasAny(route.Spec.Hostnames...):
		return false
	case visibility == v1alpha1.IngressVisibilityExternalIP:
		return !seen.hostsAt(v1alpha1.IngressVisibilityClusterLocal).Difference(hosts).HasAny(route.Spec.Hostnames...)
	}
	return true
}

// hostsAt are the hosts of the KIngress at a visibility.
func (seen *observed) hostsAt(visibility v1alpha1.IngressVisibility) sets.Set[gatewayv1.Hostname] {
	hosts := sets.New[gatewayv1.Hostname]()
	for _, rule := range seen.ingress.Spec.Rules {
		if translate.Visibility(rule) != visibility {
			continue
		}
		for _, host := range rule.Hosts {
			hosts.Insert(gatewayv1.Hostname(host))
		}
	}
	return hosts
}
