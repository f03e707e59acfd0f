// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"

	"github.com/net-gateways/net-gateways/pkg/config"
)

// The controllers that replicas lead.
const (
	Ingresses = "ingresses"
	Gateways  = "gateways"
)

// Registry holds what the metrics of a process show. All methods may be called at any time from any goroutine.
type Registry struct {
	clock func() time.Time

	mu        sync.Mutex
	config    func() config.State // nil in the webhook
	leads     map[string]map[string]bool
	gateways  map[Entry]Gateway
	beats     map[Entry]Beat
	presented map[Entry]map[CertificateProblem]int
	probed    map[types.NamespacedName]*probed
	stand     map[types.UID]ingress
	durations map[Entry]*histogram
	written   map[write]int64
}

// Entry identifies an entry of config-gateway. The zero Gateway is that of KIngresses that no entry serves.
type Entry struct {
	Gateway    types.NamespacedName
	Visibility v1alpha1.IngressVisibility
}

// New returns a Registry that knows nothing.
func New() *Registry {
	return &Registry{
		clock: time.Now,
		leads: map[string]map[string]bool{Ingresses: {}, Gateways: {}}, gateways: map[Entry]Gateway{}, beats: map[Entry]Beat{}, probed: map[types.NamespacedName]*probed{},
		stand: map[types.UID]ingress{}, durations: map[Entry]*histogram{}, written: map[write]int64{},
	}
}

// Configured tells where to read the present state of config-gateway, of whose Gateways there are series.
func (r *Registry) Configured(load func() config.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.config = load
}

// Leads records that this replica leads for a bucket of a controller, or does not any more.
func (r *Registry) Leads(controller, bucket string, leads bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if leads {
		r.leads[controller][bucket] = true
	} else {
		delete(r.leads[controller], bucket)
	}
}

// named is what config-gateway names.
type named struct {
	entries  map[Entry]bool
	gateways map[types.NamespacedName]bool
}

// prune drops what is known of Gateways that config-gateway does not name. It returns what it names.
func (r *Registry) prune(cfg *config.Config) named {
	found := named{map[Entry]bool{}, map[types.NamespacedName]bool{}}
	for _, visibility := range config.Visibilities {
		for _, entry := range cfg.Entries(visibility) {
			found.entries[Entry{entry.Gateway, visibility}], found.gateways[entry.Gateway] = true, true
		}
	}
	dropOthers(r.gateways, found.entries)
	dropOthers(r.beats, found.entries)
	dropOthers(r.presented, found.entries)
	dropOthers(r.durations, found.entries)
	dropOthers(r.probed, found.gateways)
	return found
}

func dropOthers[K comparable, V any](all map[K]V, keep map[K]bool) {
	for key := range all {
		if !keep[key] {
			delete(all, key)
		}
	}
}
