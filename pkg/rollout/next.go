// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/sets"
)

// Live is a route as it is stored.
type Live struct {
	State State
	// Intact tells that its rules are those that State describes. Next reads it only if one of
	// Want.Unproven is not among Backends.
	Intact bool
	// Backends get its traffic.
	Backends sets.Set[string]
	// Gateways are those that it is attached to, in the order of its parentRefs.
	Gateways []string
}

// Want is the version that should be served.
type Want struct {
	// Spec and Rendered are hashes, as in State.
	Spec, Rendered    string
	Gateway, Listener string
	// Private tells that it must not be served outside the cluster.
	Private bool
	// Unproven are its backends that have to answer before they get traffic, sorted.
	Unproven []string
}

// Observed is what else the step depends on.
type Observed struct {
	Now time.Time
	// Proven tells that all backends of the batch answer through the gateway.
	Proven bool
	// Room is how many backends can be probed at a time; at 0 none is warmed.
	Room int
	// Forbidden are Gateways that the route must not stay on.
	Forbidden sets.Set[string]
	// DrainOnly are Gateways that the route may stay on for Drain only, proven on another one or not.
	DrainOnly sets.Set[string]
	Drain     time.Duration
}

// Step is what to write now.
type Step struct {
	State State
	// Leaving are the Gateways to stay attached to besides the wanted one.
	Leaving []string
}

// Next decides the step. Given its own result as Live, and the same Observed, it decides the same.
func Next(live *Live, want Want, observed Observed) Step {
	if live == nil {
		return Step{State: version(nil, want)}
	}
	step := Step{State: version(&live.State, want)}
	if todo, done := unwarmed(*live, want, observed); live.Intact && observed.Room > 0 && len(todo) > 0 {
		step.State = live.State
		step.State.Warming = &Warming{Spec: want.Spec, Batch: todo[:min(len(todo), observed.Room)], Done: done}
	}
	step.State.Moving = live.State.Moving
	step.Leaving = leaving(*live, want, observed)
	switch {
	case len(step.Leaving) == 0:
		step.State.Moving = nil
	case step.State.Moving == nil:
		step.State.Moving = new(observed.Now.UTC().Truncate(time.Second))
	}
	return step
}

// version is the state of a route that serves what is wanted. A new spec is proven by its own hash, as
// Knative's conformance suite expects. Another rendering of the same spec (on another Gateway, with other
// features or another rewrite target) is proven by a hash that no version before it had, because the old
// version answers with the hash of the spec (SPEC B-RDY-2).
func version(previous *State, want Want) State {
	next := State{Spec: want.Spec, Rendered: want.Rendered, Gateway: want.Gateway, Listener: want.Listener, Private: want.Private, Hash: want.Spec}
	switch {
	case previous == nil || previous.Spec != want.Spec:
	case previous.Rendered == want.Rendered && previous.Gateway == want.Gateway && previous.Listener == want.Listener:
		next.Hash = previous.Hash
	default:
		next.Hash = Hash(previous.Hash, want.Rendered, want.Gateway, want.Listener)
	}
	return next
}

// Hash is the digest of parts, in hex. An answer with it proves a version and the Gateway that it came
// through.
func Hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// unwarmed are the backends that have to answer before traffic moves, and those that have answered.
// Backends that have traffic already are neither.
func unwarmed(live Live, want Want, observed Observed) (todo, done []string) {
	known := sets.New[string]()
	if warming := live.State.Warming; warming != nil {
		known.Insert(warming.Done...)
		if observed.Proven {
			known.Insert(warming.Batch...)
		}
	}
	for _, backend := range want.Unproven {
		switch {
		case live.Backends.Has(backend):
		case known.Has(backend):
			done = append(done, backend)
		default:
			todo = append(todo, backend)
		}
	}
	return todo, done
}

// leaving are the Gateways to which the route stays attached although it should be served by another
// one. A route that becomes private stays on none (SPEC B-SEL-7).
func leaving(live Live, want Want, observed Observed) []string {
	if want.Private && !live.State.Private {
		return nil
	}
	over := live.State.Moving != nil && !observed.Now.Before(live.State.Moving.Add(observed.Drain))
	return slices.DeleteFunc(slices.Clone(live.Gateways), func(gateway string) bool {
		return gateway == want.Gateway || observed.Forbidden.Has(gateway) || over && observed.DrainOnly.Has(gateway)
	})
}

// Drained tells whether the route can be detached from the Gateways that it leaves. If it cannot, it
// returns after how long it can. published is when the new address was published.
func Drained(published, now time.Time, drain time.Duration) (bool, time.Duration) {
	left := published.Add(drain).Sub(now)
	return left <= 0, max(left, 0)
}
