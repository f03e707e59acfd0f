// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// pathTimes is how often one more HTTPRoute is attached.
const pathTimes = 10

// paths measures how long one more HTTPRoute takes at a DomainMapping to which many are attached, in turn with one at another
// DomainMapping to which none is; and what the next leader writes while they are attached.
func paths(ctx context.Context, c clients) ([]figure, error) {
	if *attachedRoutes < 1 {
		return nil, errors.New("-attached: there must be an HTTPRoute")
	}
	p, err := newBackedPlace(ctx, c, "paths")
	if err != nil {
		return nil, err
	}
	watching, stop := context.WithCancel(ctx)
	m, err := newMappings(watching, p)
	defer m.remove()
	defer stop()
	if err != nil {
		return nil, err
	}
	before, few, many := attachedAt{domain: m.few}, attachedAt{domain: m.few}, attachedAt{domain: m.many}
	if err := m.inTurn(ctx, "before", &before); err != nil {
		return nil, err
	}
	all, err := m.attachAll(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.inTurn(ctx, "one-more", &few, &many); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("one more HTTPRoute at a DomainMapping with %d: ", *attachedRoutes)
	figures := []figure{
		seconds(name+fmt.Sprintf("Served, median of %d; bare: at one with none, in turn", pathTimes), median(many.served), "1.5 x").beside(median(few.served)),
		seconds(name+"Served, worst; bare: at one with none", slices.Max(many.served), "").beside(slices.Max(few.served)),
		seconds(name+"Served, median; bare: at one with none, before the others are attached", median(many.served), "").beside(median(before.served)),
		seconds(name+"its HTTPRoute on the Gateway is there, median; bare: at one with none", median(many.rendered), "").beside(median(few.rendered)),
		count("HTTPRoutes at DomainMappings: not answered by their service at the first try after Served", before.silent+few.silent+many.silent, "HTTPRoutes", "0"),
		seconds(fmt.Sprintf("%d HTTPRoutes attached to a DomainMapping at once: all Served", *attachedRoutes), all, ""),
	}
	restarted, err := m.restarted(ctx)
	return append(figures, restarted...), err
}

// attachedAt is what was measured with HTTPRoutes at a DomainMapping, in seconds from the answer to the create.
type attachedAt struct {
	domain           string
	rendered, served []float64
	silent           int
}

// inTurn attaches one HTTPRoute after another, at each DomainMapping in turn.
func (m *mappings) inTurn(ctx context.Context, prefix string, at ...*attachedAt) error {
	for i := range pathTimes {
		for number, a := range at {
			if err := m.oneMore(ctx, a, fmt.Sprintf("%s-%d-%d", prefix, number, i)); err != nil {
				return fmt.Errorf("one more at %s: %w", a.domain, err)
			}
		}
	}
	return nil
}

// oneMore attaches an HTTPRoute until it is Served, and lets its end come to rest.
func (m *mappings) oneMore(ctx context.Context, at *attachedAt, name string) error {
	if err := m.attach(ctx, at.domain, name); err != nil {
		return err
	}
	created := time.Now()
	served, err := m.routes.awaitServed(ctx, name)
	if err != nil {
		return err
	}
	there, err := m.routes.awaitThere(ctx, rendered(at.domain, name))
	if err != nil {
		return err
	}
	at.rendered = append(at.rendered, there.Sub(created).Seconds())
	at.served = append(at.served, served.Sub(created).Seconds())
	if !m.answers(ctx, at.domain, name) {
		at.silent++
	}
	return m.detach(ctx, at.domain, name)
}

// attachAll attaches all HTTPRoutes at once, and tells the seconds from the first create until the last of them is Served.
func (m *mappings) attachAll(ctx context.Context) (float64, error) {
	began := time.Now()
	if err := create(ctx, *attachedRoutes, func(ctx context.Context, name string) error { return m.attach(ctx, m.many, name) }); err != nil {
		return 0, err
	}
	last, err := m.routes.awaitServed(ctx, attachedNames()...)
	if err != nil {
		return 0, err
	}
	return last.Sub(began).Seconds(), atRest(ctx, m.clients)
}

func attachedNames() []string {
	names := []string{}
	for i := range *attachedRoutes {
		names = append(names, serviceName(i))
	}
	return names
}

// restarted kills the leader while the HTTPRoutes are attached, and counts what the next one writes besides what a new KIngress
// needs, by which is known that it works.
func (m *mappings) restarted(ctx context.Context) ([]figure, error) {
	if _, err := m.ingresses.awaitReady(ctx, mapped); err != nil {
		return nil, err
	}
	before, err := routeStatuses(ctx, m.clients)
	if err != nil {
		return nil, err
	}
	flips, changes := m.routes.seen(attachedNames()...)
	name := fmt.Sprintf("leader killed with %d HTTPRoutes attached to a DomainMapping: ", *attachedRoutes)
	figures, err := m.changedBy(ctx, m.clients, m.ingresses, name, func() error {
		_, err := m.killLeader(ctx, m.ingresses)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := atRest(ctx, m.clients); err != nil {
		return nil, err
	}
	after, err := routeStatuses(ctx, m.clients)
	if err != nil {
		return nil, err
	}
	flipped, changed := m.routes.seen(attachedNames()...)
	fresh := []string{m.externalHost(newcomer), m.localHosts(newcomer)[2]}
	_, ofNewcomer := m.routes.seen(fresh...)
	if ofNewcomer <= len(fresh) {
		return nil, fmt.Errorf("the HTTPRoutes %v of the new KIngress changed %d times: nothing was counted", fresh, ofNewcomer)
	}
	return append(figures,
		count(name+"changes of these HTTPRoutes", changed-changes, "changes", "0"),
		count(name+"changes from Served to not Served", flipped-flips, "flips", "0"),
		count(name+"API writes besides those for the new KIngress's, status of HTTPRoutes, with the gateway's", after-before-(ofNewcomer-len(fresh)), "writes", "0"),
	), nil
}

// routeStatuses reads how often the status of HTTPRoutes was written.
func routeStatuses(ctx context.Context, c clients) (int, error) {
	counted := 0
	err := eachWrite(ctx, c, func(labels string, value int) {
		if strings.Contains(labels, `resource="httproutes"`) && strings.Contains(labels, `subresource="status"`) {
			counted += value
		}
	})
	return counted, err
}
