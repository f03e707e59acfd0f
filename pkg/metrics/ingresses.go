// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/net-gateways/net-gateways/pkg/status"
)

// The most series of an entry for KIngresses by state, and for gaps by feature.
const (
	maxStates   = 5
	maxFeatures = 3
	others      = "others"
)

// ingress is what is counted of one KIngress.
type ingress struct {
	standings []status.Standing
	features  []feature
}

// feature is one that a KIngress asks for and a Gateway lacks.
type feature struct {
	at   Entry
	name string
}

// Stands records how a KIngress stands at the Gateways of its sides.
func (r *Registry) Stands(uid types.UID, standings []status.Standing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.stand[uid]
	known.standings = standings
	r.stand[uid] = known
}

// Standings are what is known of a KIngress; nil for nothing.
func (r *Registry) Standings(uid types.UID) []status.Standing {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stand[uid].standings
}

// Lacks records the features that a KIngress asks for and the Gateways of its sides lack.
func (r *Registry) Lacks(uid types.UID, byEntry map[Entry][]string) {
	found := []feature(nil)
	for at, names := range byEntry {
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			found = append(found, feature{at, name})
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.stand[uid]
	if known.features == nil && found == nil {
		return
	}
	known.features = found
	r.stand[uid] = known
}

// Ready records that the sides of a KIngress whose version was not proven before are reported as Ready.
func (r *Registry) Ready(standings []status.Standing, after time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, standing := range standings {
		if !standing.NewlyProven {
			continue
		}
		at := Entry{standing.Gateway, standing.Visibility}
		if r.durations[at] == nil {
			r.durations[at] = &histogram{}
		}
		r.durations[at].observe(after)
	}
}

// Evict drops what is known of a KIngress.
func (r *Registry) Evict(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.stand, uid)
}

// ingressSamples are those of KIngresses at entries that exist, and of those that no entry serves.
func (r *Registry) ingressSamples(known named) (found []sample) {
	states, features, leaving := map[Entry]map[[2]string]int{}, map[Entry]map[[2]string]int{}, map[Entry]int{}
	for at := range known.entries {
		leaving[at] = 0
	}
	for _, one := range r.stand {
		for _, standing := range one.standings {
			at := Entry{standing.Gateway, standing.Visibility}
			if at.Gateway.Name == "" || known.entries[at] {
				add(states, at, [2]string{string(standing.State), standing.Reason})
			}
			if known.entries[at] && standing.Moving {
				leaving[at]++
			}
		}
		for _, lacked := range one.features {
			if known.entries[lacked.at] {
				add(features, lacked.at, [2]string{lacked.name, ""})
			}
		}
	}
	for at, counts := range states {
		for key, count := range largest(counts, maxStates, [2]string{others, others}) {
			found = append(found, ingresses.is(float64(count), at.labels(key[0], key[1])...))
		}
	}
	for at, counts := range features {
		for key, count := range largest(counts, maxFeatures, [2]string{others, ""}) {
			found = append(found, gaps.is(float64(count), at.labels(key[0])...))
		}
	}
	for at, count := range leaving {
		found = append(found, moving.is(float64(count), at.labels()...))
	}
	return found
}

func add(to map[Entry]map[[2]string]int, at Entry, key [2]string) {
	if to[at] == nil {
		to[at] = map[[2]string]int{}
	}
	to[at][key]++
}

// largest keeps so many counts at most: the largest, and the sum of the rest under a key of its own.
func largest(counts map[[2]string]int, most int, rest [2]string) map[[2]string]int {
	if len(counts) <= most {
		return counts
	}
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), slices.Compare(a[:], b[:]))
	})
	kept := map[[2]string]int{}
	for n, key := range keys {
		if n < most-1 {
			kept[key] = counts[key]
		} else {
			kept[rest] += counts[key]
		}
	}
	return kept
}
