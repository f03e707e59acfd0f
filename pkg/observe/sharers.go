// SPDX-License-Identifier: Apache-2.0

package observe

import (
	"container/heap"
	"iter"
	"maps"
	"slices"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/translate/listeners"
)

// readSharers finds the KIngresses on the same Gateway whose spec.tls names a Secret of this one's. If
// there are very many, it reads only as many of the oldest as the translation needs.
func (o *Observation) readSharers(reader Reader) error {
	o.Sharers = map[v1alpha1.IngressVisibility][]*v1alpha1.Ingress{}
	for secret := range SecretsOf(o.Ingress) {
		candidates, err := reader.IngressesWith(secret)
		if err != nil {
			return err
		}
		sharing := map[v1alpha1.IngressVisibility]listeners.Sharing{}
		for _, visibility := range config.Visibilities {
			if o.Sides[visibility].Refusal == nil {
				sharing[visibility] = listeners.NewSharing(o.Ingress, secret.Name, visibility)
			}
		}
		if err := o.addSharers(reader, candidates, sharing); err != nil {
			return err
		}
	}
	return nil
}

// addSharers adds candidates, the oldest first, until the translation needs no more.
func (o *Observation) addSharers(reader Reader, candidates []*v1alpha1.Ingress, sharing map[v1alpha1.IngressVisibility]listeners.Sharing) error {
	for candidate := range FromOldest(candidates) {
		maps.DeleteFunc(sharing, func(_ v1alpha1.IngressVisibility, known listeners.Sharing) bool { return known.Complete() })
		if len(sharing) == 0 {
			return nil
		}
		needs := func(visibility v1alpha1.IngressVisibility) bool { return sharing[visibility].Needs(candidate) }
		if candidate.UID == o.Ingress.UID || candidate.DeletionTimestamp != nil || !slices.ContainsFunc(config.Visibilities, needs) {
			continue
		}
		gateways, err := SelectedFor(reader, candidate, o.State.Config)
		if err != nil {
			return err
		}
		for visibility, known := range sharing {
			if !needs(visibility) || gateways[visibility] != o.Sides[visibility].Entry.Gateway {
				continue
			}
			known.Add(candidate)
			if !slices.Contains(o.Sharers[visibility], candidate) { // added by another Secret
				o.Sharers[visibility] = append(o.Sharers[visibility], candidate)
			}
		}
	}
	return nil
}

// FromOldest yields KIngresses, the oldest first. It sorts only as many as the caller takes.
func FromOldest(all []*v1alpha1.Ingress) iter.Seq[*v1alpha1.Ingress] {
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
func (a ages) Less(i, j int) bool { return Older(a[i], a[j]) }
func (a ages) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *ages) Push(ing any)      { *a = append(*a, ing.(*v1alpha1.Ingress)) }
func (a *ages) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
