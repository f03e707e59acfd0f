// SPDX-License-Identifier: Apache-2.0

package prober

import (
	"context"
	"time"

	"github.com/net-gateways/net-gateways/pkg/probe"
)

// Once asks a target once, over a new connection, and tells what came of it. A target that demands the PROXY protocol and
// does not understand version 2 is asked again with version 1.
func Once(ctx context.Context, opts Options, target probe.Target) probe.Result {
	opts.complete()
	conns := newConns(ctx, target.Address, &opts)
	defer conns.close()
	versions := []byte{0}
	if target.ProxyProtocol {
		versions = []byte{2, 1}
	}
	var o outcome
	for _, version := range versions {
		o = once(ctx, opts.Attempt, newRequest(target, version, conns))
		if !o.proxyVersionInDoubt() {
			break
		}
	}
	result := probe.Result{Target: target, State: probe.Proven, Code: o.code}
	if !o.ok {
		result.State, result.Kind, result.Err = probe.Failed, o.kind, o.err
	}
	return result
}

func once(ctx context.Context, limit time.Duration, r request) outcome {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	o, _ := roundTrip(ctx, r, r.conns.single(r.proxy))
	return o
}
