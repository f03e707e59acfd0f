// SPDX-License-Identifier: Apache-2.0

package ingress

import (
	"container/heap"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate"
)

// gatherSharers finds the KIngresses that name a Secret that this one names and have the same
// Gateway: of very many only the eldest, as many as matter.
func (r *Reconciler) gatherSharers(_ context.Context, seen *observed) error {
	seen.sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{}
	for secret := range secretsOf(seen.ingress) {
		candidates, err := r.ingressesBy(bySecret, secret)
		if err != nil {
			return err
		}
		_, name, _ := strings.Cut(secret, "/")
		sharing := map[v1alpha1.IngressVisibility]translate.Sharing{}
		for _, visibility := range config.Visibilities {
			if seen.sides[visibility].refusal == nil {
				sharing[visibility] = translate.NewSharing(seen.ingress, name, visibility)
			}
		}
		if err := r.knowSharers(seen, candidates, sharing); err != nil {
			return err
		}
	}
	return nil
}

// knowSharers takes candidates, the eldest first, until nobody is missing.
func (r *Reconciler) knowSharers(seen *observed, candidates []*v1alpha1.Ingress, sharing map[v1alpha1.IngressVisibility]translate.Sharing) error {
	for candidate := range fromEldest(candidates) {
		maps.DeleteFunc(sharing, func(_ v1alpha1.IngressVisibility, known translate.Sharing) bool { return known.Complete() })
		if len(sharing) == 0 {
			return nil
		}
		lacks := func(visibility v1alpha1.IngressVisibility) bool { return sharing[visibility].Lacks(candidate) }
		if candidate.UID == seen.ingress.UID || candidate.DeletionTimestamp != nil || !slices.ContainsFunc(config.Visibilities, lacks) {
			continue
		}
		gateways, err := r.gatewaysOf(candidate, seen.config)
		if err != nil {
			return err
		}
		for visibility, known := range sharing {
			if !lacks(visibility) || gateways[visibility] != seen.sides[visibility].entry.Gateway {
				continue
			}
			known.Know(candidate)
			if !slices.Contains(seen.sharers[visibility], candidate) { // by another Secret
				seen.sharers[visibility] = append(seen.sharers[visibility], candidate)
			}
		}
	}
	return nil
}

// fromEldest yields KIngresses from the eldest on. Of many of which a few are asked for it does not
// sort the rest.
func fromEldest(all []*v1alpha1.Ingress) iter.Seq[*v1alpha1.Ingress] {
	return func(yield func(*v1alpha1.Ingress) bool) {
		left := ages(slices.Clone(all))
		heap.Init(&left)
		for len(left) > 0 && yield(heap.Pop(&left).(*v1alpha1.Ingress)) {
			continue
		}
	}
}

// ages is a heap of KIngresses by their age.
type ages []*v1alpha1.Ingress

func (a ages) Len() int           { return len(a) }
func (a ages) Less(i, j int) bool { return older(a[i], a[j]) }
func (a ages) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *ages) Push(ing any)      { *a = append(*a, ing.(*v1alpha1.Ingress)) }
func (a *ages) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
