// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"maps"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/test/gateways"
)

const (
	// fifty is how many Gateways config-gateway names. Those besides the installed ones are Gateways that no
	// implementation serves: fifty that are would be fifty proxies.
	fifty = 50
	// unserved is their class, which does not exist, and the key of the label by which KIngresses choose one.
	unserved = "bench-unserved"
	// fiftyScrapes are timed.
	fiftyScrapes = 20
)

// fiftyGateways measures scrapes of a leader whose config-gateway names fifty Gateways, with a KIngress on each. What a
// scrape costs where each Gateway has all series that it can have is go test -bench Scrape ./pkg/metrics.
func fiftyGateways(ctx context.Context, c clients) ([]figure, error) {
	p, err := newPlace(ctx, c, "fifty")
	if err != nil {
		return nil, err
	}
	defer p.remove()
	served := len([]gateway{p.external, p.other, p.local})
	entries, err := p.unservedGateways(ctx, fifty-served)
	if err != nil {
		return nil, err
	}
	restore, err := c.configure(ctx, config.Name, config.ExternalGateways, p.installed.With(entries, nil)[config.ExternalGateways])
	if err != nil {
		return nil, err
	}
	defer restore()
	for _, entry := range entries {
		if err := p.ingressOn(ctx, entry["label-selector"].(string)); err != nil {
			return nil, err
		}
	}
	last, err := p.untilFifty(ctx, len(entries))
	if err != nil {
		return nil, err
	}
	took := []float64{}
	for range fiftyScrapes {
		if last, err = c.scrapeLeader(ctx); err != nil {
			return nil, err
		}
		took = append(took, last.took.Seconds()*1000)
	}
	name := fmt.Sprintf("scrape of a leader with %d Gateways, %d of them served: ", fifty, served)
	return []figure{
		{Name: name + fmt.Sprintf("median of %d", fiftyScrapes), Ours: median(took), Unit: "ms", Target: "50"},
		{Name: name + "zipped", Ours: float64(last.zipped) / 1024, Unit: "KiB", Target: "100"},
		count(name+"series, with those of Go and Knative", last.series(), "series", ""),
		count(name+"series of ours of the Gateway that has most", slices.Max(slices.Collect(maps.Values(last.byGateway("net_gateways_")))), "series", "40"),
	}, nil
}

// unservedGateways creates Gateways, and returns an entry of config-gateway for each. They go with the
// namespace.
func (p *place) unservedGateways(ctx context.Context, many int) ([]gateways.Item, error) {
	entries := []gateways.Item{}
	for i := range many {
		gateway := &gatewayv1.Gateway{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("unserved-%d", i)}}
		gateway.Spec.GatewayClassName = unserved
		gateway.Spec.Listeners = []gatewayv1.Listener{{Name: "http", Port: 80, Protocol: gatewayv1.HTTPProtocolType}}
		if _, err := p.gateway.GatewayV1().Gateways(p.namespace).Create(ctx, gateway, metav1.CreateOptions{}); err != nil {
			return nil, err
		}
		entries = append(entries, gateways.Item{"class": unserved, "gateway": p.namespace + "/" + gateway.Name, "label-selector": unserved + "=" + gateway.Name})
	}
	return entries, nil
}

// ingressOn creates a KIngress that a selector chooses. It waits for its Gateway for ever, which is a series, too.
func (p *place) ingressOn(ctx context.Context, selector string) error {
	chosen, err := metav1.ParseToLabelSelector(selector)
	if err != nil {
		return err
	}
	p.labels = chosen.MatchLabels
	return p.ingress(ctx, chosen.MatchLabels[unserved])
}

// untilFifty waits until a scrape tells of all Gateways, and of KIngresses on so many of them.
func (p *place) untilFifty(ctx context.Context, used int) (scrape, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for began := time.Now(); ; {
		found, err := p.scrapeLeader(ctx)
		if err != nil {
			return found, err
		}
		told, withIngresses := len(found.byGateway("net_gateways_")), len(found.byGateway("net_gateways_ingresses{"))
		if told == fifty && withIngresses >= used {
			log.Printf("a scrape told of %d Gateways after %s", fifty, time.Since(began).Round(time.Second))
			return found, nil
		}
		if err := pause(ctx, lookAgain); err != nil {
			return found, fmt.Errorf("a scrape tells of %d Gateways, of %d with KIngresses: %w", told, withIngresses, err)
		}
	}
}
