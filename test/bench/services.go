// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/net-gateways/net-gateways/test/cluster"
)

const newServices = 5

// service measures how long a Knative Service takes to be Ready after its Revision
// is, which is the time that networking costs a user.
func service(ctx context.Context, c clients) ([]figure, error) {
	p, err := newPlace(ctx, c, "services")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	took := []float64{}
	for i := range newServices {
		after, err := p.readyAfterRevision(ctx, fmt.Sprintf("hello-%d", i))
		if err != nil {
			return nil, err
		}
		took = append(took, after)
	}
	return []figure{
		seconds(fmt.Sprintf("Knative Service Ready after its Revision, median of %d", newServices), median(took), "1 s"),
		seconds(fmt.Sprintf("Knative Service Ready after its Revision, worst of %d", newServices), slices.Max(took), ""),
	}, nil
}

func (p *place) readyAfterRevision(ctx context.Context, name string) (float64, error) {
	revisionReady := when(ctx, p, cluster.KRevisions, name+"-00001", isReady)
	serviceReady := when(ctx, p, cluster.KServices, name, isReady)
	if err := p.deploy(ctx, name, programs[0]); err != nil {
		return 0, err
	}
	revision, service := <-revisionReady, <-serviceReady
	return service.at.Sub(revision.at).Seconds(), errors.Join(revision.err, service.err)
}
