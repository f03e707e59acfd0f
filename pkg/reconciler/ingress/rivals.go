// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/selection"
)

// rival is an older KIngress with a host in common, and its Gateways.
type rival struct {
	ingress  *v1alpha1.Ingress
	gateways map[v1alpha1.IngressVisibility]types.NamespacedName
}

// gatherRivals finds older KIngresses with a host in common.
func (r *Reconciler) gatherRivals(_ context.Context, seen *observed) error {
	known := map[types.UID]bool{seen.ingress.UID: true}
	for host := range hostsOf(seen.ingress) {
		candidates, err := r.ingressesBy(byHost, host)
		if err != nil {
			return err
		}
		for _, candidate := range candidates {
			if known[candidate.UID] || !older(candidate, seen.ingress) || candidate.DeletionTimestamp != nil {
				continue
			}
			known[candidate.UID] = true
			gateways, err := r.gatewaysOf(candidate, seen.config)
			if err != nil {
				return err
			}
			seen.rivals = append(seen.rivals, rival{ingress: candidate, gateways: gateways})
		}
	}
	slices.SortFunc(seen.rivals, func(a, b rival) int { return byAge(a.ingress, b.ingress) })
	return nil
}

func byAge(a, b *v1alpha1.Ingress) int {
	switch {
	case older(a, b):
		return -1
	case older(b, a):
		return 1
	}
	return 0
}

func (r *Reconciler) gatewaysOf(ing *v1alpha1.Ingress, cfg *config.Config) (map[v1alpha1.IngressVisibility]types.NamespacedName, error) {
	seen := &observed{ingress: ing}
	if err := r.gatherMapped(context.Background(), seen); err != nil {
		return nil, err
	}
	request, err := r.request(ing, seen.mapped)
	if err != nil {
		return nil, err
	}
	gateways := map[v1alpha1.IngressVisibility]types.NamespacedName{}
	for _, visibility := range config.Visibilities {
		if entry, refusal := selection.Select(cfg, visibility, request); refusal == nil {
			gateways[visibility] = entry.Gateway
		}
	}
	return gateways, nil
}

// older decides who keeps a host: the earlier creation, then the name, so that all
// agree about KIngresses of one second.
func older(a, b *v1alpha1.Ingress) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return cache.ObjectName{Namespace: a.Namespace, Name: a.Name}.String() < cache.ObjectName{Namespace: b.Namespace, Name: b.Name}.String()
}
