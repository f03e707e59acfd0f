// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// observation is how long writes are counted after a resync; a hundred KIngresses are
// looked at again within a fraction of it.
const observation = 10 * time.Second

// resync makes the controller look at every KIngress again, by a new label on the
// external Gateway, and counts what it writes though there is nothing to do.
func (p *place) resync(ctx context.Context, size int) (figure, error) {
	before, err := writes(ctx, p.clients)
	if err != nil {
		return figure{}, err
	}
	patch := fmt.Sprintf(`{"metadata":{"labels":{"net-gateways.github.io/bench":"%d"}}}`, time.Now().Unix())
	if err := p.label(ctx, patch); err != nil {
		return figure{}, err
	}
	if err := pause(ctx, observation); err != nil {
		return figure{}, err
	}
	after, err := writes(ctx, p.clients)
	if err != nil {
		return figure{}, err
	}
	wrote := after.minus(before)
	return count(fmt.Sprintf("API writes in a resync of %d Ready KIngresses", size), wrote.routes+wrote.status, "writes", "0"),
		p.label(ctx, `{"metadata":{"labels":{"net-gateways.github.io/bench":null}}}`)
}

func (p *place) label(ctx context.Context, patch string) error {
	_, err := p.gateway.GatewayV1().Gateways(p.external.name.Namespace).Patch(ctx, p.external.name.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
