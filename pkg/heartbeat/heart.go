// SPDX-License-Identifier: Apache-2.0

package heartbeat

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
	"k8s.io/client-go/tools/record"
	networkinglisters "knative.dev/networking/pkg/client/listers/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/cluster"
	"github.com/net-gateways/net-gateways/pkg/config"
	"github.com/net-gateways/net-gateways/pkg/metrics"
	"github.com/net-gateways/net-gateways/pkg/panics"
	"github.com/net-gateways/net-gateways/pkg/probe"
	"github.com/net-gateways/net-gateways/pkg/prober"
	"github.com/net-gateways/net-gateways/pkg/status"
)

// interval is the time between two beats. A proxy that dies just after one is seen by the next.
const interval = 30 * time.Second

// Heart asks the Gateways of all entries while this replica leads.
type Heart struct {
	Cluster   cluster.Cluster
	Config    func() config.State
	Ingresses networkinglisters.IngressLister
	Metrics   *metrics.Registry
	Logger    *zap.SugaredLogger
	Recorder  record.EventRecorder
	// Ask asks a target once; nil for prober.Once.
	Ask func(context.Context, probe.Target) probe.Result

	mu      sync.Mutex
	stop    context.CancelFunc // nil while it does not beat
	beating sync.WaitGroup
	// last is the mode in which something answered last.
	last         map[metrics.Entry]probe.Mode
	certificates *certificates
}

// Start beats until Stop, or until the context ends.
func (h *Heart) Start(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		return
	}
	if h.Ask == nil {
		h.Ask = func(ctx context.Context, target probe.Target) probe.Result {
			return prober.Once(ctx, prober.Options{}, target)
		}
	}
	ctx, h.stop = context.WithCancel(ctx)
	h.last, h.certificates = map[metrics.Entry]probe.Mode{}, newCertificates(h.Recorder)
	h.beating.Go(func() { h.run(ctx) })
}

// Stop ends the beats, and the series that come from them: another replica has them now.
func (h *Heart) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop == nil {
		return
	}
	h.stop()
	h.beating.Wait()
	h.stop = nil
	h.Metrics.Gateways(nil)
	h.Metrics.Beats(nil)
	h.Metrics.Certificates(nil)
}

// Look tells what the Gateways are now, without asking their proxies: after an event. If they cannot be read, the next beat says
// why.
func (h *Heart) Look(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stop != nil {
		_, _ = h.look(ctx)
	}
}

func (h *Heart) run(ctx context.Context) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if panicked := panics.Catch(func() { h.beat(ctx) }); panicked != nil {
			h.Logger.Errorw("Cannot ask the Gateways whether they answer", zap.Error(panicked))
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// look reads the planes of all entries. What cannot be read keeps no series: a metric that is not known must not look fine.
func (h *Heart) look(ctx context.Context) ([]plane, error) {
	cfg, planes, facts := h.Config().Config, []plane{}, map[metrics.Entry]metrics.Gateway{}
	for _, entry := range slices.Concat(cfg.External, cfg.Local) {
		found, err := readPlane(ctx, h.Cluster, entry)
		if err != nil {
			h.Metrics.Gateways(nil)
			return nil, err
		}
		planes = append(planes, found)
		shared := slices.ContainsFunc(cfg.Shared(), func(other config.Entry) bool { return other.Gateway == entry.Gateway })
		facts[keyOf(entry)] = found.facts(shared)
	}
	h.Metrics.Gateways(facts)
	return planes, nil
}

func (h *Heart) beat(ctx context.Context) {
	planes, err := h.look(ctx)
	if err != nil {
		h.Metrics.Beats(nil)
		h.Logger.Warnw("Cannot read the Gateways that config-gateway names", zap.Error(err))
		return
	}
	beats, last := map[metrics.Entry]metrics.Beat{}, map[metrics.Entry]probe.Mode{}
	for i, found := range askFunc(h.Ask).askAll(ctx, planes) {
		entry := planes[i].entry
		key := keyOf(entry)
		mode := found.effective(entry.Probe, h.last[key], func() probe.Mode { return h.proven(entry) })
		if last[key] = h.last[key]; slices.ContainsFunc(found.of(mode), answered) {
			last[key] = mode
		}
		if planes[i].gateway != nil {
			beats[key] = found.count(mode)
		}
	}
	if ctx.Err() != nil {
		return // what was cut off is no answer
	}
	h.last = last
	h.Metrics.Beats(beats)
	planes = slices.DeleteFunc(planes, func(p plane) bool { return beats[keyOf(p.entry)].Reachable == 0 }) // it would cost their timeouts
	if counts := h.certificates.beat(ctx, h.all(), planes); ctx.Err() == nil {
		h.Metrics.Certificates(counts)
	}
}

// proven is the mode in which services of an entry have been proven, by what their status says: the data plane unless all
// say that something weaker was used; status if there are none.
func (h *Heart) proven(entry config.Entry) probe.Mode {
	best := probe.Status
	for _, ing := range h.all() {
		proof, has := status.ProofsOf(ing.Status)[entry.Visibility]
		if !has || proof.Gateway != entry.Gateway.String() || proof.Generation == 0 {
			continue
		}
		if len(proof.Degraded) == 0 {
			return probe.DataPlane
		}
		for _, reason := range proof.Degraded {
			if mode := probe.DegradedTo(reason); mode == probe.Address {
				best = mode
			}
		}
	}
	return best
}

func keyOf(entry config.Entry) metrics.Entry {
	return metrics.Entry{Gateway: entry.Gateway, Visibility: entry.Visibility}
}
