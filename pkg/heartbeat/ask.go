// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"context"
	"sync"

	"github.com/net-gateways/net-gateways/pkg/dataplane"
	"github.com/net-gateways/net-gateways/pkg/probe"
)

// atOnce is how many requests are under way: with a second for each, 500 proxies that are silent take 16 s.
const atOnce = 32

// askFunc asks once.
type askFunc func(context.Context, probe.Target) probe.Result

// askAll asks all that the planes offer.
func (ask askFunc) askAll(ctx context.Context, planes []plane) []answers {
	all, free, asking := make([]answers, len(planes)), make(chan struct{}, atOnce), sync.WaitGroup{}
	askEach := func(targets []probe.Target) []probe.Result {
		results := make([]probe.Result, len(targets))
		for i, target := range targets {
			free <- struct{}{}
			asking.Go(func() {
				defer func() { <-free }()
				results[i] = ask(ctx, target)
			})
		}
		return results
	}
	for i, plane := range planes {
		pods, addresses := plane.targets()
		all[i] = answers{dataPlane: askEach(pods), addresses: askEach(addresses), notReady: dataplane.NotReady(plane.service, plane.slices)}
	}
	asking.Wait()
	return all
}
