// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// State is what is known of config-gateway at one moment.
type State struct {
	// Config is the last good configuration; never nil, but empty when there was none.
	Config *Config
	// Problem says why the present data is refused; nil when Config is the present data.
	Problem error
	// Warnings are what is ignored in the present data.
	Warnings []Warning
	// Configured tells whether Config names any Gateway. Not configured and no
	// Problem means that nobody has written anything yet, which is not a fault.
	Configured bool
	// Observed tells whether the ConfigMap, or its absence, has been seen at all.
	Observed bool
	// ResourceVersion is that of the ConfigMap last seen; empty when it is absent.
	ResourceVersion string
	// UID is that of the ConfigMap last seen: without it kubectl describe does not show
	// Events about it.
	UID types.UID
}

// Store holds the State. It never exits and never panics, whatever the data:
// knative.dev/pkg's own store ends the process when the first load is bad.
type Store struct {
	systemNamespace string
	onChange        func(State)

	mu    sync.Mutex // serialises OnConfigMap; Load takes no lock
	last  *corev1.ConfigMap
	state atomic.Pointer[State]
}

// NewStore returns a Store that has observed nothing. onChange, which may be nil,
// is called after each change of the data, one call at a time, and on the first
// observation. It must not call OnConfigMap.
func NewStore(systemNamespace string, onChange func(State)) *Store {
	store := &Store{systemNamespace: systemNamespace, onChange: onChange}
	store.state.Store(&State{Config: &Config{}})
	return store
}

// Load returns the present State without a lock. Its content must not be changed.
func (s *Store) Load() State { return *s.state.Load() }

// OnConfigMap takes in what a watch delivers; nil means that there is no such
// ConfigMap. Data that was seen before calls nobody.
func (s *Store) OnConfigMap(cm *corev1.ConfigMap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.Load()
	next := s.next(old, cm)
	s.state.Store(&next)
	changed := !old.Observed || !sameData(s.last, cm)
	s.last = cm
	if changed && s.onChange != nil {
		s.onChange(next)
	}
}

func (s *Store) next(old State, cm *corev1.ConfigMap) State {
	next := State{Config: old.Config, Configured: old.Configured, Observed: true}
	if cm == nil {
		// Keep the last good one: the ConfigMap goes and comes again when the
		// single-gateway plugin is uninstalled and our release is applied.
		next.Problem = fmt.Errorf("ConfigMap %s/%s does not exist", s.systemNamespace, Name)
		return next
	}
	next.ResourceVersion, next.UID = cm.ResourceVersion, cm.UID
	cfg, warnings, err := Parse(cm.Data, s.systemNamespace)
	next.Warnings, next.Problem = warnings, err
	if err == nil {
		next.Config, next.Configured = cfg, cfg.Configured()
	}
	return next
}

func sameData(a, b *corev1.ConfigMap) bool {
	if a == nil || b == nil {
		return a == b
	}
	return maps.Equal(a.Data, b.Data)
}
