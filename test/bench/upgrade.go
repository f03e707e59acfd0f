// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os/exec"

	"k8s.io/apimachinery/pkg/util/sets"

	"github.com/net-gateways/net-gateways/test/cluster"
)

// upgrade installs what upgradeWith says over what is installed, while KIngresses are Ready, half of
// them with a certificate, and counts what that changes: the objects of the version before are those
// of the next. A new one shows that the next version works.
func upgrade(ctx context.Context, c clients) ([]figure, error) {
	if *upgradeWith == "" {
		log.Print("upgrade: there is nothing to upgrade to: give -upgrade-with")
		return nil, nil
	}
	p, err := newBackedPlace(ctx, c, "upgrade")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	authority, err := cluster.NewAuthority()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	observed := p.observe(ctx)
	if err := (&httpsHosts{place: p, by: authority}).addHalf(ctx, restartSize); err != nil {
		return nil, err
	}
	if _, err := observed.awaitReady(ctx, restartSize); err != nil {
		return nil, err
	}
	if err := atRest(ctx, c); err != nil {
		return nil, err
	}
	before, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	earlier, _ := observed.seen("")
	if output, err := exec.CommandContext(ctx, "bash", "-c", *upgradeWith).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("-upgrade-with %s: %w: %s", *upgradeWith, err, bytes.TrimSpace(output))
	}
	if err := p.ingress(ctx, newcomer); err != nil {
		return nil, err
	}
	if _, err := observed.awaitOne(ctx, newcomer); err != nil {
		return nil, err
	}
	if err := pause(ctx, observation); err != nil {
		return nil, err
	}
	after, err := writes(ctx, c)
	if err != nil {
		return nil, err
	}
	wrote := after.minus(before)
	flips, changes := observed.seen(newcomer)
	if wrote.routes < 2 || changes < 2 {
		return nil, fmt.Errorf("%d HTTPRoutes were written and the new KIngress changed %d times: nothing was counted", wrote.routes, changes)
	}
	name := fmt.Sprintf("%s over the version before, with %d Ready KIngresses: ", *upgradeWith, restartSize)
	return []figure{
		count(name+"changes from Ready to not Ready", flips-earlier, "flips", "0"),
		count(name+"API writes besides the new KIngress's two, HTTPRoutes", wrote.routes-2, "writes", "0"),
		count(name+"API writes besides the new KIngress's, status", wrote.status-(changes-1), "writes", "0"),
	}, nil
}

// addHalf adds services, every other one with a certificate.
func (h *httpsHosts) addHalf(ctx context.Context, size int) error {
	plain := sets.New[string]()
	for i := 0; i < size; i += 2 {
		plain.Insert(serviceName(i))
	}
	return create(ctx, size, func(ctx context.Context, name string) error {
		if plain.Has(name) {
			return h.ingress(ctx, name)
		}
		return h.add(ctx, name)
	})
}
