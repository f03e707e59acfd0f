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

// Live is the present state of a route.
type Live struct {
	State State
	// Intact tells that its rules are those that State describes. It matters only if one of
	// Want.Unproven is not among Backends.
	Intact bool
	// Backends get its traffic.
	Backends sets.Set[string]
	// Gateways are what it is attached to, in its own order.
	Gateways []string
}

// Want is the version that is to be served.
type Want struct {
	// Spec and Rendered are hashes, as in State.
	Spec, Rendered    string
	Gateway, Listener string
	// Private tells that it must not be served outside the cluster.
	Private bool
	// Unproven are its backends that are not known to be ready, sorted.
	Unproven []string
}

// Seen is what was observed on the way there.
type Seen struct {
	Now time.Time
	// Proven tells that all backends of the batch answer through the gateway.
	Proven bool
	// Room is how many backends can be probed at a time. Without room none is warmed.
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

// Next decides the step. With its result as Live, and the same Seen, it decides the
// same again.
func Next(live *Live, want Want, seen Seen) Step {
	if live == nil {
		return Step{State: version(nil, want)}
	}
	step := Step{State: version(&live.State, want)}
	if todo, done := unwarmed(*live, want, seen); live.Intact && seen.Room > 0 && len(todo) > 0 {
		step.State = live.State
		step.State.Warming = &Warming{Spec: want.Spec, Batch: todo[:min(len(todo), seen.Room)], Done: done}
	}
	step.State.Moving = live.State.Moving
	step.Leaving = leaving(*live, want, seen)
	switch {
	case len(step.Leaving) == 0:
		step.State.Moving = nil
	case step.State.Moving == nil:
		step.State.Moving = new(seen.Now.UTC().Truncate(time.Second))
	}
	return step
}

// version is the state of a route that serves what is wanted. A new spec is proven by
// its own hash, which Knative's conformance suite expects. Another rendering of the same
// spec (on another Gateway, with other features or another rewrite target) is proven by a
// hash that no version before it had, since the old version answers with that of the spec
// (SPEC B-RDY-2).
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

// Hash is the digest of parts, in hex, by which an answer proves a version and the way to it.
func Hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// unwarmed are the backends that have to answer before traffic moves, and those that
// have answered. Backends that have traffic already need no proof.
func unwarmed(live Live, want Want, seen Seen) (todo, done []string) {
	known := sets.New[string]()
	if warming := live.State.Warming; warming != nil {
		known.Insert(warming.Done...)
		if seen.Proven {
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

// leaving are the Gateways that the route stays on although it is wanted elsewhere. A route
// that becomes private stays on none (SPEC B-SEL-7).
func leaving(live Live, want Want, seen Seen) []string {
	if want.Private && !live.State.Private {
		return nil
	}
	over := live.State.Moving != nil && !seen.Now.Before(live.State.Moving.Add(seen.Drain))
	return slices.DeleteFunc(slices.Clone(live.Gateways), func(gateway string) bool {
		return gateway == want.Gateway || seen.Forbidden.Has(gateway) || over && seen.DrainOnly.Has(gateway)
	})
}

// Drained tells whether the route can be detached from the Gateways that it leaves, and if not,
// after how long to ask again. published is when the new address was published.
func Drained(published, now time.Time, drain time.Duration) (bool, time.Duration) {
	left := published.Add(drain).Sub(now)
	return left <= 0, max(left, 0)
}
