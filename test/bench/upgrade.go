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
	name := fmt.Sprintf("%s over the version before, with %d Ready KIngresses: ", *upgradeWith, restartSize)
	return p.changedBy(ctx, c, observed, name, func() error {
		if output, err := exec.CommandContext(ctx, "bash", "-c", *upgradeWith).CombinedOutput(); err != nil {
			return fmt.Errorf("-upgrade-with %s: %w: %s", *upgradeWith, err, bytes.TrimSpace(output))
		}
		if err := p.ingress(ctx, newcomer); err != nil {
			return err
		}
		_, err := observed.awaitOne(ctx, newcomer)
		return err
	})
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
