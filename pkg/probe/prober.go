// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// Owner is the object whose readiness is asked for. A recreated object has another UID, so it never
// uses what was known of the old one.
type Owner struct {
	UID  types.UID
	Name types.NamespacedName
}

// Options of a Prober; the zero value takes the defaults.
type Options struct {
	// Workers is the most tries at a time. Default 64; a waiting try costs a goroutine and no thread.
	Workers int
	// PerAddress is the most tries at a time at one address that answers; one that does not gets one. Default 8.
	PerAddress int
	// Rate is the most tries a second, over all addresses. Default 1,500.
	Rate int
	// Attempt is the time for one try. Default 1 s.
	Attempt time.Duration
	// MinBackoff and MaxBackoff bound the time between two tries of a target. Default 25 ms and 2 s.
	MinBackoff, MaxBackoff time.Duration
	// Background is the time between two tries of a background target. Default 10 s.
	Background time.Duration
	// Observe sees the result of every try, for metrics. It must not block.
	Observe func(Result)
}

// Prober asks data planes which versions they serve.
type Prober struct{}

// New starts a Prober that ends with the context.
func New(ctx context.Context, opts Options, notify func(Owner)) *Prober { return &Prober{} }

// Check never blocks.
func (p *Prober) Check(owner Owner, targets []Target, background ...Target) Report { return Report{} }

// Known is what the last Check asked for, foreground and background, without asking anything.
func (p *Prober) Known(owner Owner) Report { return Report{} }

// Nudge tries the pending targets now.
func (p *Prober) Nudge(owner Owner) {}

// Forget ends all tries for the owner.
func (p *Prober) Forget(owner Owner) {}

// Wait returns when the context has ended and everything has stopped.
func (p *Prober) Wait() {}
